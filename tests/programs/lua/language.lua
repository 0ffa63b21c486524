--== the empty script
--== a script that returns
do return 1, 2 end
--== arithmetic and text
print(10 / 3, 7 % 3, -7 % 3, 2 ^ 10, 1e15, 2 ^ 53, 5.0, 1 / 3)
print("10" + 5, "3" * "4", 10 .. 20, #"abc", "a" < "b", not nil)
print(tostring(nil), tostring(true), tostring(12), tostring(1.5), tostring("x"))
--== strings
print(string.find("hello world", "o w"), string.match("key=val", "(%w+)=(%w+)"))
print(string.gsub("hello", "l", {l = "L"}), string.gsub("abc", "%w", "%0%0"), ("x.y"):gsub("%.", "-"))
print(string.byte("ABC", 1, -1), string.char(72, 105), string.reverse("abc"), ("x"):rep(3), ("aBc"):upper())
print(string.match("v1.2.3", "^v?(%d+)%.(%d+)%.(%d+)$"), string.find("a.b", ".", 1, true), ("abc"):sub(-2))
for w in string.gmatch("one two", "%a+") do print(w) end
for k, v in string.gmatch("a=1, b=2", "(%w+)=(%w+)") do print(k, v) end
--== formats
print(string.format("%d %5.1f %s %i %x %c %g %% %05d|%-5s|%5s|%+d", 3.7, 2.25, "z", 5, 255, 65, 1e20, 42, "a", "b", 7))
print(string.format("%s %s %s", true, nil, 5), string.format("%.3f %e", 1.5, 12345.678))
--== tables
local t = {5, 2, 8}
table.sort(t, function(a, b) return a > b end)
table.insert(t, 1) table.insert(t, 1, 9) print(table.concat(t, " "), table.remove(t), table.remove(t, 1), #t)
print(unpack({1, 2, 3})) print(select("#", 1, nil, nil), select(2, "a", "b", "c"))
print(next({}), rawequal("a", "a"), table.getn({1, 2}), #{1, 2, 3})
--== a loop that goes on with goto
for i = 1, 4 do
  if i % 2 == 0 then goto continue end
  print(i)
  ::continue::
end
--== closures, metatables and varargs
local mt = {__index = function(_, k) return k .. "!" end, __call = function(_, a) return a * 2 end, __add = function() return "sum" end}
local o = setmetatable({}, mt)
print(o.x, o(4), o + 1, getmetatable(o) == mt, rawget(o, "x"))
local function f(...) return select("#", ...), ... end
print(f(1, nil, 3))
--== coroutines
local co = coroutine.create(function(a, b)
  print("got", a, b)
  local c = coroutine.yield(a + b)
  print("got", c)
  return "end"
end)
print(coroutine.resume(co, 1, 2)) print(coroutine.status(co)) print(coroutine.resume(co, 5)) print(coroutine.status(co))
local gen = coroutine.wrap(function() for i = 1, 3 do coroutine.yield(i) end end)
print(gen(), gen(), gen())
--== environments
local env = {print = print}
local chunk = loadstring("x = 5 print(x)")
setfenv(chunk, env)
chunk()
print(env.x, x, getfenv(1) == _G)
--== loadstring and load
print(loadstring("return 1 + 1")(), loadstring("return ...")(7))
print(load(function() return nil end) ~= nil)
--== errors that are caught
print(pcall(error, "m", 0)) print(select(2, pcall(error, {code = 7})).code)
print(pcall(function() error("here") end))
print(xpcall(function() error("e") end, function(m) return "H:" .. m end))
print(pcall(function() assert(false, "asserted") end)) print(pcall(function() assert(nil) end))
print(select("#", pcall(function() return 1, 2 end)))
--== an error ends the script
print("before")
error("final")
--== an error in a function
local function inner() error("deep") end
local function outer() inner() end
outer()
--== an error that is a table
error({code = 1})
--== dates
print(os.date("!%Y-%m-%d %H:%M:%S", 86400), os.date("!*t", 0).year, type(os.time()), type(os.clock()))
print(os.time{year = 2024, month = 1, day = 2, hour = 3, min = 4, sec = 5} - os.time{year = 2024, month = 1, day = 1, hour = 3, min = 4, sec = 5})
print(os.date("!%b %d", 0), os.difftime(5, 3))
--== output without print
io.write("a", 1, " ", 2.5, "\n")
io.stdout:write("b", "\n")
--== globals are not shared between scripts
shared = (shared or 0) + 1
print(shared)
--== globals are still not shared
print(shared, _VERSION, type(_G), _G._G == _G)
--== modules
package.preload["mine"] = function(name) return {name = name, n = 1} end
print(require("mine").name, require("mine") == require("mine"), require("string") == string)
module("made", package.seeall)
function answer() return 42 end
print(made.answer(), _M._NAME)
--== numbers from text
print(tonumber("10", 2), tonumber(" 5 "), tonumber(""), tonumber("5x"), tonumber("0x10"), tonumber("ff", 16))
print(math.floor(3.7), math.ceil(3.2), math.max(1, 5, 3), math.min(2, 1), math.abs(-3), math.fmod(7, 3), math.mod(7, 3))
print(math.sqrt(16), math.pow(2, 3), math.modf(3.5), math.huge > 1)
