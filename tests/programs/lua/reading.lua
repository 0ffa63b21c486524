--== tags
for _, t in ipairs(tag.ls("{at}")) do print(t) end
print(#tag.ls "{at}", #tag.ls(reference.new("{at}:any")))
--== tags with options that do not count
print(#tag.ls("{at}", {}), #tag.ls("{at}", {limit = 0, last = ""}), #tag.ls("{at}", {limit = "1", last = 5, typo = true}))
--== tags that are not there
print(pcall(tag.ls, "{at}x")) print(pcall(tag.ls)) print(pcall(tag.ls, "{at}", nil)) print(pcall(tag.ls, "{at}", "x"))
print(pcall(tag.ls, {})) print(pcall(tag.ls, "A b"))
--== descriptors of all tags
for _, t in ipairs(tag.ls("{at}")) do
  local d = manifest.descriptor("{at}:" .. t)
  print(t, d.MediaType, d.mediaType == d.MediaType, d.Digest, d.digest == d.Digest, d.Size, d.size == d.Size)
end
--== a descriptor in full
local function show(t, indent)
  local keys = {}
  for k in pairs(t) do keys[#keys + 1] = tostring(k) end
  table.sort(keys)
  for _, k in ipairs(keys) do
    local v = t[k] == nil and t[tonumber(k)] or t[k]
    print(indent .. k, type(v) == "table" and "" or tostring(v))
    if type(v) == "table" then show(v, indent .. "  ") end
  end
end
show(manifest.descriptor("{at}:v1"), "")
show(manifest.getList("{at}:v1"):descriptor(), "")
--== duplicates of a tag are found by their digests
local wanted = manifest.descriptor("{at}:v1").Digest
for _, t in ipairs(tag.ls("{at}")) do
  if manifest.descriptor("{at}:" .. t).Digest == wanted then print(t) end
end
--== manifests by platform
for _, p in ipairs{"linux/amd64", "linux/arm64", "linux/arm/v7"} do
  local m = manifest.get("{at}:v1", p)
  print(p, m:descriptor().Digest, m.mediaType, #m.layers, m.config.digest)
end
print(pcall(manifest.get, "{at}:v1", "windows/riscv64"))
--== a manifest in full
local function show(t, indent)
  local keys = {}
  for k in pairs(t) do keys[#keys + 1] = tostring(k) end
  table.sort(keys)
  for _, k in ipairs(keys) do
    local v = t[k] == nil and t[tonumber(k)] or t[k]
    print(indent .. k, type(v) == "table" and "" or tostring(v))
    if type(v) == "table" then show(v, indent .. "  ") end
  end
end
for _, t in ipairs{"single", "annotated", "docker-single", "untyped", "artifact"} do
  print("==", t)
  show(getmetatable(manifest.getList("{at}:" .. t)).__index, "")
end
--== an index in full
local function show(t, indent)
  local keys = {}
  for k in pairs(t) do keys[#keys + 1] = tostring(k) end
  table.sort(keys)
  for _, k in ipairs(keys) do
    local v = t[k] == nil and t[tonumber(k)] or t[k]
    print(indent .. k, type(v) == "table" and "" or tostring(v))
    if type(v) == "table" then show(v, indent .. "  ") end
  end
end
for _, t in ipairs{"v1", "windows", "docker", "none"} do
  print("==", t)
  show(getmetatable(manifest.getList("{at}:" .. t)).__index, "")
end
--== a list is followed and a list is not
local list, one = manifest.getList("{at}:v1"), manifest.get("{at}:v1", "linux/arm64")
print(#list.manifests, list.layers, one.manifests, #one.layers)
for _, entry in ipairs(list.manifests) do print(entry.platform.os, entry.platform.architecture, entry.platform.variant) end
print(list.Versioned.SchemaVersion, list.schemaVersion, list.annotations["org.example.team"])
--== heads
for _, t in ipairs{"v1", "single", "docker", "docker-single"} do
  local h = manifest.head("{at}:" .. t)
  local words = {}
  for k in pairs(getmetatable(h).__index) do words[#words + 1] = k end
  print(t, table.concat(words, " "), h:descriptor().Digest, h:descriptor().MediaType, h.mediaType, type(h))
end
print(pcall(manifest.head, "{at}:missing")) print(pcall(tostring, manifest.head("{at}:v1")))
--== aliases
print(image.manifest("{at}:single").mediaType, #image.manifestList("{at}:v1").manifests, image.manifestHead("{at}:v1"):descriptor().Size)
local m = manifest.get("{at}:single")
print(m:get().config.digest == m.config.digest, m:head():descriptor().Digest == m:descriptor().Digest)
--== a manifest as text
print(manifest.get("{at}:annotated")) print(tostring(manifest.getList("{at}:docker")))
print(tostring(manifest.getList("{at}:untyped")))
--== configs
local ic = image.config(manifest.get("{at}:v1", "linux/amd64"))
print(type(ic), ic.Config.Labels["version"], ic.config.Labels["org.example"], ic.Platform.os, ic.Platform.Architecture, ic.os)
print(ic.created, ic.Created == ic.created, ic.author, #ic.history, ic.History[1].CreatedBy, ic.history[1].created_by, ic.history[2].empty_layer)
print(ic.RootFS.Type, #ic.rootfs.diff_ids, ic.Config.Env[1], ic.Config.Cmd[1], ic.Config.WorkingDir, ic.Config.StopTimeout, ic.Config.Healthcheck)
--== the config of a name
local ic = image.config("{at}:single")
print(ic.Platform.architecture, image.config(reference.new("{at}:single")).Platform.os, image.config(ic).author)
--== a config as text
print(image.config("{at}:single"))
--== configs that are none
print(pcall(image.config)) print(pcall(image.config, 5)) print(pcall(image.config, {})) print(pcall(image.config, "{at}:missing"))
print(pcall(image.config, manifest.getList("{at}:v1")))
--== objects are read through their metatable and cannot be written
local m = manifest.get("{at}:annotated")
print(getmetatable(m).__index.mediaType, m.annotations.a, getmetatable(getmetatable(m).__index) == manifest, m.nothing)
print((pcall(function() m.mediaType = "x" end)), (pcall(function() return #m end)))
--== rate limits that are none
local limit = manifest.head("{at}:single"):ratelimit()
print(limit.Set, limit.Limit, limit.Remain, limit.Reset, #limit.Policies, limit.set)
print(image.ratelimitWait("{at}:single", 5), manifest.head("{at}:single"):ratelimitWait(5, "1ms", "1s"))
print(pcall(image.ratelimitWait, "{at}:single")) print(pcall(image.ratelimitWait, "{at}:single", "x"))
print(pcall(image.ratelimitWait, "{at}:single", 1, "soon")) print(pcall(image.ratelimitWait, "{at}:single", 1, "1s", "soon"))
print(pcall(image.ratelimitWait, "{at}:missing", 1))
--== blobs are looked at
local d = manifest.get("{at}:single").config.digest
print(type(blob.head("{at}", d)), type(blob.get("{at}@" .. d)), blob.head("{at}", d).digest)
print(pcall(blob.head, "{at}", "sha256:" .. ("0"):rep(64))) print(pcall(blob.get, "{at}", "x")) print(pcall(blob.get, "{at}", nil))
--== a log line
log("all is well") log(5) log("two", "words")
print(pcall(log)) print(pcall(log, {})) print(pcall(log, nil))
