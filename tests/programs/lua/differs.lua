--!= a config keeps its ports and volumes
local m = manifest.get("{reg}/app:single")
local ic = image.config(m)
ic.config.Labels.team = "blue"
ic = ic:export()
m.config.digest, m.config.size = blob.put("{reg}/app", ic)
m:export():put("{reg}/app:edited")
print(manifest.descriptor("{reg}/app:edited").Digest)
--!= a string is pushed
print(blob.put("ocidir://put", "hello"))
--!= a blob has methods
local b = blob.head("{reg}/app", manifest.get("{reg}/app:single").config.digest)
print(pcall(b.head, b))
--!= members that no table shows
print(manifest.get("{reg}/app:unknown"):export():descriptor().Size)
--!= numbers are texts where texts are wanted
local m = manifest.get("{reg}/app:annotated")
m.annotations.a = 5
print(m:export().annotations.a)
--!= files need leave
print(pcall(io.open, "/dev/null"))
--== twenty blobs hold no slots
local m = manifest.get("{reg}/app:single")
for _ = 1, 2 do blob.get("{reg}/app", m.config.digest) end
print("done")
--!= words of the interpreter
print(pcall(function() local x = nil return x.y end))
--!= arithmetic on the wrong types
print(pcall(function() return 1 + {} end))
--!= a syntax error
local = 5
--!= quoted strings
print(string.format("%q", "a\nb"))
--!= two values set a tag
local r = reference.new("alpine:3")
r:tag("a", "b")
print(r)
--!= the names of ports and volumes
local ic = image.config("{reg}/app:single")
for port in pairs(ic.Config.ExposedPorts) do print(port) end
--!= the config of a manifest
print(manifest.get("{reg}/app:single"):config().author)
--!= a config is pushed as it is
local ic = image.config("{reg}/app:annotated")
print(blob.put("{reg}/app", ic))
--!= an error of the caller
print(pcall(function() error("above", 2) end))
--!= dates in all parts
print(os.date("!%j %a", 0))
--!= infinity
print(1 / 0 == math.huge)
--!= a put keeps the bytes
image.copy("{reg}/app:annotated", "{reg}/put:a")
manifest.put("{reg}/put:a", "{reg}/put:b")
print(manifest.descriptor("{reg}/put:a").Digest == manifest.descriptor("{reg}/put:b").Digest)
