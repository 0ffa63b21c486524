--== short names are filled in
for _, name in ipairs{"alpine", "alpine:3", "user/app", "ghcr.io/org/app", "localhost:5000/a/b:c", "a/b@sha256:" .. ("0"):rep(64)} do
  print(reference.new(name))
end
--== layouts
print(reference.new("ocidir://dir"), reference.new("ocidir://dir/sub:tag"), reference.new("ocidir://dir@sha256:" .. ("1"):rep(64)))
print(reference.new("ocidir://dir"):tag() == "", reference.new("ocidir://dir"):digest() == "")
--== a tag is read and set
local r = reference.new("alpine:3")
print(r:tag(), r:digest() == "", r.tag == getmetatable(r).__index.tag)
r:tag("edge") print(r, r:tag())
r:tag(5) print(r)
--== a digest takes the tag's place
local r = reference.new("alpine:3")
r:digest("sha256:" .. ("a"):rep(64)) print(r, r:tag() == "")
r:tag("back") print(r, r:digest() == "")
r:digest("not checked") print(r)
--== a copy is another object
local a = reference.new("alpine:3")
local b = reference.new(a)
b:tag("4")
print(a, b, a == b, a == a)
--== what a reference is
local r = reference.new("alpine")
print(type(r), getmetatable(r) == reference, r.nothing, tostring(r), type(reference), reference.tag, r.new)
print(pcall(function() r.x = 1 end) == false, pcall(function() return r .. "x" end) == false)
--== names that are none
for _, name in ipairs{"", "A/b", "a//b", "a b", "http://x/y", "a:b:c", "alpine@sha256:12"} do
  print(pcall(reference.new, name))
end
--== arguments that are none
print(pcall(reference.new)) print(pcall(reference.new, nil)) print(pcall(reference.new, {})) print(pcall(reference.new, 5))
print(pcall(reference.new, true)) print(pcall(reference.close)) print(pcall(tostring))
local r = reference.new("alpine")
print(pcall(r.tag)) print(pcall(r.tag, r, nil)) print(pcall(r.tag, r, {})) print(pcall(r.digest, r, false))
--== closing does no harm
reference.close("{reg}/app") reference.new("{reg}/app:v1"):close() reference.close("ocidir://{dir}/src")
print("closed")
--== references of objects
local m = manifest.get("{reg}/app:single")
print(reference.new(m), reference.new(image.config(m)))
--== a script that hides the modules
local tag = "v1"
print(tag, reference.new("{reg}/app:" .. tag):tag() == tag)
image = nil
print(image, manifest ~= nil)
--== the modules
for _, name in ipairs{"repo", "reference", "tag", "image", "imageconfig", "manifest", "blob"} do
  local words = {}
  for word in pairs(_G[name]) do words[#words + 1] = word end
  for word in pairs(_G[name].__index) do words[#words + 1] = ":" .. word end
  table.sort(words)
  print(name, table.concat(words, " "))
end
