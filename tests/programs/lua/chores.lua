--== mirror what matches a version
local kept = 0
for _, t in ipairs(tag.ls("{reg}/app")) do
  if string.match(t, "^v%d+$") then
    image.copy("{reg}/app:" .. t, "{reg}/mirror:" .. t)
    kept = kept + 1
  end
end
print(kept, table.concat(tag.ls("{reg}/mirror"), " "))
--== only what has changed is copied
for _, t in ipairs{"v1", "single"} do
  local src, dst = "{reg}/app:" .. t, "{reg}/mirror:" .. t
  local ok, cur = pcall(manifest.descriptor, dst)
  if not ok or cur.Digest ~= manifest.descriptor(src).Digest then
    image.copy(src, dst)
    log("copied " .. t)
  end
end
--== builds by date
for _, t in ipairs{"2024-01-01", "2024-02-01", "2024-03-01", "nightly"} do image.copy("{reg}/app:single", "{reg}/builds:" .. t) end
local dated = {}
for _, t in ipairs(tag.ls("{reg}/builds")) do
  if string.match(t, "^%d%d%d%d%-%d%d%-%d%d$") then dated[#dated + 1] = t end
end
table.sort(dated)
while #dated > 2 do tag.delete("{reg}/builds:" .. table.remove(dated, 1)) end
print(table.concat(tag.ls("{reg}/builds"), " "))
--== promote what is tested
local src, dst = reference.new("{reg}/app:single"), reference.new("{reg}/prod")
local version = image.config(src).Config.Labels["version"]
if not version then error("no version label on " .. tostring(src)) end
dst:tag("r" .. version)
image.copy(src, dst, {digestTags = true})
log("promoted " .. tostring(dst))
--== delete what was built before a day
local cutoff = "2022-01-01"
for _, t in ipairs(tag.ls("{reg}/builds")) do
  local r = reference.new("{reg}/builds:" .. t)
  local ok, ic = pcall(image.config, r)
  if ok and ic.Created and string.sub(ic.Created, 1, 10) < cutoff then tag.delete(r) end
end
print(#tag.ls("{reg}/builds"))
--== repositories of a registry
for _, name in ipairs(repo.ls("{reg}")) do print(name) end
print(table.concat(repo.ls("{reg}", {limit = 2}), " "), table.concat(repo.ls("{reg}", {last = "builds"}), " "))
print(pcall(repo.ls)) print(pcall(repo.ls, 5)) print(pcall(repo.ls, "{reg}", 5))
--== pages of tags
print(table.concat(tag.ls("{reg}/app", {limit = 3}), " ")) print(table.concat(tag.ls("{reg}/app", {last = "single"}), " "))
--== between homes
image.copy("{reg}/app:multi", "ocidir://{dir}/kept:multi")
image.copy("ocidir://{dir}/kept:multi", "{reg}/back:multi")
print(manifest.descriptor("{reg}/back:multi").Digest == manifest.descriptor("{reg}/app:multi").Digest)
--== a failure in the middle
image.copy("{reg}/app:single", "{reg}/half:1")
image.copy("{reg}/app:nothing", "{reg}/half:2")
print("never")
--== the next script goes on
print(table.concat(tag.ls("{reg}/half"), " "))
