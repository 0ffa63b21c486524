-- Run the script the parent sends, and tell how it ended.
local bridge, standard, allow_io = ...
local type, tostring, xpcall, load_text, ask = type, tostring, xpcall, loadstring, bridge.ask
local byte, gsub, traceback, getmetatable = string.byte, string.gsub, debug.traceback, getmetatable

local task = ask("start").values[1]
bridge.install(task.modules)
log = function(...) return bridge.request("log", ...) end
local finish = standard(bridge, allow_io)

local function explained(problem)
  if type(problem) ~= "string" and type(problem) ~= "number" then
    problem = tostring(problem)
  end
  -- Our own lines explain nothing.
  local lines = gsub(traceback(problem, 2), "\n\tregbot:[^\n]*", "")
  return (gsub(gsub(lines, "\n\t%(tail call%): %?", ""), "\n\t%[C%]: in function 'xpcall'$", ""))
end

local chunk, problem
if byte(task.script, 1) == 27 then
  problem = "bytecode is not allowed"
else
  chunk, problem = load_text(task.script, "=<string>")
end
local done = false
if chunk then
  done, problem = xpcall(chunk, explained)
end
finish()
ask("end", done, not done and problem or nil)
