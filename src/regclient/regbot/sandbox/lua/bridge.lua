-- The script's side of the conversation with the parent process: values as text, one request at a time, and the objects that
-- scripts hold. No value of Python ever enters this state, so there is nothing a script could reach Python through.
--
-- Everything used later is kept in locals: a script may change its globals and the tables of the standard library.
local request_fd, reply_fd = ...
if jit then
  jit.off() -- an interpreter is enough, and is less to trust
end
local concat, type, next, tonumber, tostring, select = table.concat, type, next, tonumber, tostring, select
local find, sub, format, floor = string.find, string.sub, string.format, math.floor
local error, setmetatable, rawget, newproxy, unpack = error, setmetatable, rawget, newproxy, unpack
local getinfo, setmeta, getmeta = debug.getinfo, debug.setmetatable, debug.getmetatable
local leave = os.exit

local requests = io.open("/dev/fd/" .. format("%d", request_fd), "w")
local replies = io.open("/dev/fd/" .. format("%d", reply_fd), "r")
local write, flush, read = requests.write, requests.flush, replies.read

local MAX_DEPTH, MAX_LENGTH, MAX_VALUES = 60, 32 * 1024 * 1024, 190000

-- What an object stands for, as the parent wants to hear it again; and for the tables of structs, the keys that count.
local states = setmetatable({}, { __mode = "k" })
local kinds = setmetatable({}, { __mode = "k" })
local shapes = setmetatable({}, { __mode = "k" })
local modules = {}

-- Return where the script is: the innermost line that is neither ours nor C's.
local function place()
  local level = 2
  while true do
    local info = getinfo(level, "Sl")
    if not info then
      return ""
    end
    if info.source ~= "=regbot" and info.currentline > 0 then
      return info.short_src .. ":" .. format("%d", info.currentline) .. ": "
    end
    level = level + 1
  end
end

local function fail(message)
  error(place() .. message, 0)
end

local encode

local function encode_table(value, out, depth)
  if depth > MAX_DEPTH then
    fail("a table is nested too deeply, or holds itself")
  end
  local at = #out + 1
  local count = 0
  out[at] = ""
  local keys = shapes[value]
  if keys then
    for position = 1, #keys do
      encode(keys[position], out, depth + 1)
      encode(rawget(value, keys[position]), out, depth + 1)
    end
    count = #keys
  else
    for key, item in next, value do
      count = count + 1
      encode(key, out, depth + 1)
      encode(item, out, depth + 1)
    end
  end
  out[at] = "{" .. format("%d", count) .. "\n"
end

function encode(value, out, depth)
  local kind = type(value)
  local at = #out + 1
  if at > MAX_VALUES then
    fail("the arguments hold too much")
  end
  if kind == "nil" then
    out[at] = "~"
  elseif kind == "boolean" then
    out[at] = value and "+" or "-"
  elseif kind == "number" then
    out[at] = "#" .. format("%.17g", value) .. "\n"
  elseif kind == "string" then
    out[at] = "$" .. format("%d", #value) .. "\n"
    out[at + 1] = value
  elseif kind == "table" then
    encode_table(value, out, depth)
  elseif states[value] then
    out[at] = "@" .. kinds[value] .. "\n"
    encode(states[value], out, depth + 1)
  else
    out[at] = "?" .. kind .. "\n"
  end
end

local make

-- Return the value that begins at a place of the text, and the place behind it.
local function decode(text, at)
  local mark = sub(text, at, at)
  if mark == "~" then
    return nil, at + 1
  elseif mark == "+" or mark == "-" then
    return mark == "+", at + 1
  end
  local stop = find(text, "\n", at, true)
  local head = sub(text, at + 1, stop - 1)
  at = stop + 1
  if mark == "#" then
    return tonumber(head), at
  elseif mark == "$" then
    local size = tonumber(head)
    return sub(text, at, at + size - 1), at + size
  elseif mark == "@" then
    local state, data
    state, at = decode(text, at)
    data, at = decode(text, at)
    return make(head, state, data), at
  end
  local value, count = {}, tonumber(head)
  local keys = mark == "<" and {} or nil
  for position = 1, count do
    local key, item, other = position, nil, nil
    if mark ~= "[" then
      key, at = decode(text, at)
    end
    if keys then
      other, at = decode(text, at)
      keys[position] = other or key
    end
    item, at = decode(text, at)
    value[key] = item
    if other then
      value[other] = item
    end
  end
  if keys then
    shapes[value] = keys
  end
  return value, at
end

-- Send one request and wait for its answer: the values it returns, and what the first argument stands for from now on.
local function ask(name, ...)
  local count = select("#", ...)
  local out = { "[" .. format("%d", count + 1) .. "\n" }
  encode(name, out, 0)
  for position = 1, count do
    encode((select(position, ...)), out, 0)
  end
  local message = concat(out)
  if #message > MAX_LENGTH then
    fail("the arguments of " .. name .. " are too large")
  end
  write(requests, format("%d", #message), "\n", message)
  flush(requests)
  local line = read(replies, "*l")
  local text = line and read(replies, tonumber(line))
  if not text then
    leave(82) -- the parent is gone
  end
  return (decode(text, 1))
end

local function answer(reply, first)
  if reply.error then
    fail(reply.error)
  end
  if reply.update and states[first] then
    states[first] = reply.update
  end
  return unpack(reply.values, 1, reply.count)
end

local function request(name, ...)
  return answer(ask(name, ...), (...))
end

-- Return the function a script calls: everything about its arguments is checked by the parent.
local function bind(name)
  return function(...)
    return request(name, ...)
  end
end

-- Return the data a script sees, and may have edited, through an object.
local function data_of(object)
  local meta = states[object] and getmeta(object)
  local data = meta and rawget(meta, "__index")
  return type(data) == "table" and data or nil
end

local function bind_export(name)
  return function(object, ...)
    return request(name, object, data_of(object))
  end
end

-- Let m:config() be called although m.config is the descriptor of the config.
local function callable_config(data)
  local config = rawget(data, "config")
  if type(config) == "table" then
    setmetatable(config, { __call = function(_, ...) return request("image.config", ...) end })
  end
end

function make(kind, state, data)
  local object = newproxy()
  states[object], kinds[object] = state, kind
  local module = modules[kind]
  if type(data) == "table" then
    setmeta(object, { __tostring = module.__tostring, __index = data })
    setmetatable(data, module)
    callable_config(data)
  else
    setmeta(object, module)
  end
  return object
end

-- Make the modules the parent describes: a table of functions each, with the methods of its objects in __index.
local function install(descriptions)
  for name, description in next, descriptions do
    local module = {}
    for word, call in next, description.functions do
      module[word] = bind(call)
    end
    local methods = {}
    for word, call in next, description.methods do
      methods[word] = word == "export" and bind_export(call) or bind(call)
    end
    module.__index = methods
    modules[name] = module
    _G[name] = module
  end
end

return { ask = ask, request = request, fail = fail, install = install, place = place }
