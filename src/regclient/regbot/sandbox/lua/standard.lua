-- The standard library as scripts may use it: what reaches files, programs and raw bytecode is taken away or needs --allow-io.
local bridge, allow_io = ...
local fail, request = bridge.fail, bridge.request
local type, show, select, next, error, pcall, unpack = type, tostring, select, next, error, pcall, unpack
local floor, huge, tonumber = math.floor, math.huge, tonumber
local concat, byte, gsub, gmatch, format = table.concat, string.byte, string.gsub, string.gmatch, string.format
local load_text, setmetatable, newproxy, getmeta = loadstring, setmetatable, newproxy, debug.getmetatable
local setmeta = debug.setmetatable

local real_io, real_os = nil, nil
if allow_io then
  real_io, real_os = io, os
end

local function denied(name)
  return function()
    fail(name .. " is not allowed; run with --allow-io to let scripts use files and programs")
  end
end

local function keep(from, names)
  local kept = {}
  for _, name in next, names do
    kept[name] = from[name]
  end
  return kept
end

local function publish(name, library)
  _G[name] = library
  package.loaded[name] = library
end

-- Numbers are shown as the Go program shows them: whole ones with all their digits, others with as many as tell them apart.
local function number_text(value)
  if value ~= value then
    return "NaN"
  elseif value == huge or value == -huge then
    return value > 0 and "+Inf" or "-Inf"
  elseif floor(value) == value and value > -2 ^ 63 and value < 2 ^ 63 then
    return format("%.0f", value + 0)
  end
  for digits = 14, 17 do
    local text = format("%." .. digits .. "g", value)
    if tonumber(text) == value then
      return text
    end
  end
end

local function shown(value)
  return type(value) == "number" and number_text(value) or show(value)
end

function tostring(...)
  if select("#", ...) == 0 then
    fail("bad argument #1 to 'tostring' (value expected)")
  end
  return shown((...))
end

-- Anything can be shown with %s.
local function format_any(pattern, ...)
  if type(pattern) ~= "string" then
    fail("bad argument #1 to 'format' (string expected, got " .. type(pattern) .. ")")
  end
  local arguments, count, place = { ... }, select("#", ...), 0
  for kind in gmatch(pattern, "%%[-+ #0-9.]*(.)") do
    place = kind == "%" and place or place + 1
    if kind == "s" and place <= count then
      arguments[place] = shown(arguments[place])
    end
  end
  return format(pattern, unpack(arguments, 1, count))
end

-- Output goes through the parent, in order with its log.
local function text_of(...)
  local parts = {}
  for position = 1, select("#", ...) do
    local part = select(position, ...)
    if type(part) ~= "string" and type(part) ~= "number" then
      fail(format("bad argument #%d to 'write' (string expected, got %s)", position, type(part)))
    end
    parts[position] = shown(part)
  end
  return concat(parts)
end

local function stream(name)
  local file = newproxy(true)
  local methods = {
    close = function() return true end,
    flush = function() return true end,
    lines = denied("reading standard output"),
    read = denied("reading standard output"),
    seek = function() return nil, "Illegal seek", 29 end,
    setvbuf = function() return true end,
    write = function(_, ...)
      request("write", name, text_of(...))
      return true
    end,
  }
  getmeta(file).__index = methods
  getmeta(file).__tostring = function() return "file (" .. name .. ")" end
  return file, methods.write
end

local stdout, write_out = stream("stdout")
local stderr = stream("stderr")

function print(...)
  local parts = {}
  for position = 1, select("#", ...) do
    parts[position] = shown((select(position, ...)))
  end
  request("write", "stdout", concat(parts, "\t") .. "\n")
end

local function closed_io()
  local library = { stdout = stdout, stderr = stderr }
  for _, name in next, { "close", "input", "lines", "open", "output", "popen", "read", "tmpfile" } do
    library[name] = denied("io." .. name)
  end
  library.write = function(...) return write_out(nil, ...) end
  library.type = function(value)
    return (value == stdout or value == stderr) and "file" or nil
  end
  return library
end

-- Files are flushed when the script ends, for its process is then killed.
local opened = setmetatable({}, { __mode = "k" })

local function remember(file, ...)
  if file then
    opened[file] = true
  end
  return file, ...
end

local function flush_all()
  for file in next, opened do
    pcall(file.flush, file)
  end
end

local function open_io()
  local library = keep(real_io, { "close", "input", "lines", "read", "stdin" })
  local output, write, kind_of, real_stdout = real_io.output, real_io.write, real_io.type, real_io.stdout
  for _, name in next, { "open", "popen", "tmpfile" } do
    local open = real_io[name]
    library[name] = function(...) return remember(open(...)) end
  end
  library.stdout, library.stderr = stdout, stderr
  library.write = function(...)
    if output() == real_stdout then
      return write_out(nil, ...)
    end
    return write(...)
  end
  library.output = function(file)
    local found = remember(output(file == stdout and real_stdout or file))
    return found == real_stdout and stdout or found
  end
  library.type = function(value)
    return (value == stdout or value == stderr) and "file" or kind_of(value)
  end
  return library
end

local function make_os()
  local library = keep(os, { "clock", "date", "difftime", "time" })
  local getenv, changed = os.getenv, {}
  library.getenv = function(name)
    local found = changed[name]
    if found == nil then
      found = getenv(name)
    end
    return found
  end
  library.setenv = function(name, value)
    changed[shown(name)] = shown(value)
    return true
  end
  library.setlocale = function(name)
    return (name == nil or name == "" or name == "C") and "C" or nil
  end
  library.exit = function(code)
    flush_all()
    request("exit", code)
  end
  for _, name in next, { "execute", "remove", "rename", "tmpname" } do
    library[name] = real_os and real_os[name] or denied("os." .. name)
  end
  if real_os then
    local execute = real_os.execute
    library.execute = function(command)
      local status = execute(command)
      return command ~= nil and (status == 0 and 0 or 1) or status
    end
  end
  return library
end

-- Bytecode can break the interpreter: only text is loaded.
local function load_source(source, name)
  if byte(source, 1) == 27 then
    return nil, "bytecode is not allowed"
  end
  return load_text(source, name)
end

function loadstring(source, name)
  if type(source) ~= "string" then
    fail("bad argument #1 to 'loadstring' (string expected, got " .. type(source) .. ")")
  end
  return load_source(source, name or source)
end

function load(pieces, name)
  local parts = {}
  while true do
    local part = pieces()
    if part == nil or part == "" then
      break
    end
    parts[#parts + 1] = part
  end
  return load_source(concat(parts), name or "=(load)")
end

local function read_source(path)
  local file, problem = real_io.open(path, "rb")
  if not file then
    return nil, problem
  end
  local source = file:read("*a")
  file:close()
  return (gsub(source, "^#[^\n]*", ""))
end

if allow_io then
  function loadfile(path)
    local source, problem = read_source(path)
    if not source then
      return nil, "cannot open " .. problem
    end
    return load_source(source, "@" .. path)
  end

  function dofile(path)
    local chunk, problem = loadfile(path)
    if not chunk then
      error(problem, 0)
    end
    return chunk()
  end
else
  loadfile, dofile = denied("loadfile"), denied("dofile")
end

-- Modules: those loaded or preloaded, and with --allow-io those on package.path.
local function preloaded(name)
  return package.preload[name] or "\n\tno field package.preload['" .. name .. "']"
end

local function from_file(name)
  if not allow_io then
    return "\n\tfiles are read with --allow-io only"
  end
  local missing = {}
  for pattern in gmatch(package.path, "[^;]+") do
    local path = gsub(pattern, "%?", (gsub(gsub(name, "%.", "/"), "%%", "%%%%")))
    local file = real_io.open(path, "rb")
    if file then
      file:close()
      local chunk, problem = loadfile(path)
      if not chunk then
        fail("error loading module '" .. name .. "' from file '" .. path .. "':\n\t" .. problem)
      end
      return chunk
    end
    missing[#missing + 1] = "\n\tno file '" .. path .. "'"
  end
  return concat(missing)
end

local function search(name)
  local tried = {}
  for position = 1, #package.loaders do
    local found = package.loaders[position](name)
    if type(found) == "function" then
      return found
    end
    tried[#tried + 1] = type(found) == "string" and found or nil
  end
  fail("module '" .. name .. "' not found:" .. concat(tried))
end

function require(name)
  name = shown(name)
  local loaded = package.loaded
  if loaded[name] == nil then
    local result = search(name)(name)
    if result ~= nil then
      loaded[name] = result
    elseif loaded[name] == nil then
      loaded[name] = true
    end
  end
  return loaded[name]
end

publish("io", allow_io and open_io() or closed_io())
publish("os", make_os())
publish("debug", keep(debug, { "getinfo", "traceback" }))
for _, name in next, { "python", "jit", "jit.opt", "jit.util", "jit.profile", "bit", "ffi", "string.buffer", "table.new", "table.clear" } do
  _G[name], package.loaded[name], package.preload[name] = nil, nil, nil
end
local path = package.path
for name in next, package do
  if name ~= "loaded" and name ~= "preload" and name ~= "seeall" and name ~= "config" then
    package[name] = nil
  end
end
package.path, package.cpath = allow_io and path or "", ""
package.loaders = { preloaded, from_file }
string.dump = function() fail("string.dump is not available") end
string.__index = string
string.format = format_any
string.gfind, math.mod = string.gmatch, math.fmod

return flush_all
