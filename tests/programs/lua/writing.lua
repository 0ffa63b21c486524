--== copy
image.copy("{at}:v1", "{to}:v1")
print(table.concat(tag.ls("{to}"), " "), manifest.descriptor("{to}:v1").Digest == manifest.descriptor("{at}:v1").Digest)
--== copy again
image.copy(reference.new("{at}:v1"), reference.new("{to}:v1"))
image.copy("{at}:v1", "{to}:again", {})
print(#tag.ls("{to}"))
--== copy with digest tags
image.copy("{at}:single", "{to}:signed", {digestTags = true, forceRecursive = true})
print(#tag.ls("{to}"))
--== copy of one platform
image.copy("{at}:windows", "{to}:windows", {platforms = {"windows/amd64"}})
image.copy("{at}:docker", "{to}:docker", {forceRecursive = true, typo = 1, digestTags = "yes"})
print(manifest.descriptor("{to}:docker").MediaType)
--== copies that fail
print(pcall(image.copy, "{at}:missing", "{to}:missing")) print(pcall(image.copy, "{at}:v1")) print(pcall(image.copy))
print(pcall(image.copy, 5, "{to}:x"))
--== a copy from a manifest
image.copy(manifest.head("{at}:docker-single"), "{to}:from-object")
print(manifest.get("{to}:from-object").Versioned.mediaType)
--== tags are deleted
image.copy("{at}:annotated", "{to}:gone")
tag.delete("{to}:gone")
print((pcall(manifest.head, "{to}:gone"))) print(pcall(tag.delete, "{to}:gone"))
--== a tag is deleted and the others stay
image.copy("{at}:artifact", "{to}:one") image.copy("{at}:artifact", "{to}:two")
tag.delete(reference.new("{to}:one"))
print((pcall(manifest.head, "{to}:one")), (pcall(manifest.head, "{to}:two")))
--== a manifest is deleted
image.copy("{at}:unknown", "{to}:deleted")
manifest.head("{to}:deleted"):delete()
print((pcall(manifest.head, "{to}:deleted"))) print(manifest.delete)
--== a manifest is put under another tag
image.copy("{at}:annotated", "{to}:a") image.copy("{at}:single", "{to}:s")
local m = manifest.get("{to}:s")
manifest.put(m, "{to}:b") m:put("{to}:c") manifest.put("{to}:s", "{to}:d")
for _, t in ipairs{"b", "c", "d"} do print(manifest.descriptor("{to}:" .. t).Digest == m:descriptor().Digest) end
--== an edited manifest
local m = manifest.get("{to}:a")
m.annotations.team = "blue"
m.annotations.a = nil
m = m:export()
manifest.put(m, "{to}:edited")
print(m) print(m:descriptor().Digest == manifest.descriptor("{to}:edited").Digest)
--== layers taken out
local m = manifest.get("{to}:a")
table.remove(m.layers, 1)
m = m:export()
print(#m.layers, m:descriptor().Size)
m:put("{to}:fewer")
--== entries of an index taken out
local m = manifest.getList("{to}:v1")
for at = #m.manifests, 1, -1 do
  if m.manifests[at].platform.architecture ~= "arm64" then table.remove(m.manifests, at) end
end
m:export():put("{to}:arm64")
print(#manifest.getList("{to}:arm64").manifests)
--== what is edited under its Go name does not count
local m = manifest.get("{to}:s")
m.config.Size = 5
m.config.Digest = "x"
print(m:export():descriptor().Digest == m:descriptor().Digest)
--== a docker manifest is edited
image.copy("{at}:docker-single", "{to}:docker-single")
local m = manifest.get("{to}:docker-single")
m.layers[1].annotations.note = "x"
print(m:export())
--== blobs travel
local m = manifest.get("{at}:annotated")
local digest, size = blob.put("{to}", blob.get("{at}", m.layers[1].digest))
print(digest == m.layers[1].digest, size == m.layers[1].size)
--== export of something else
print(pcall(manifest.get("{at}:single").export, 5)) print(pcall(manifest.put)) print(pcall(manifest.put, "{at}:single"))
print(pcall(manifest.put, "{at}:missing", "{to}:x")) print(pcall(blob.put, "{to}")) print(pcall(blob.put, "{to}", {}))
print(pcall(blob.put, {}, "x")) print(pcall(tag.delete)) print(pcall(tag.delete, 5))
