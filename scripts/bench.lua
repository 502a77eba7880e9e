-- The wrk script of scripts/bench, scripts/duel and scripts/scale.
--
-- `wrk … -- activate CODES FIRST COUNT [SESSIONS]`: activates COUNT devices, beginning with number FIRST, and then the same
-- ones again, with the activation codes in the file CODES. A device always uses the same code. Writes one line per
-- activation to the file SESSIONS: its session id and its token.
-- `wrk … -- renew|extend|check-in SESSIONS`: renews or checks in one session after another. `extend` requests 10 and 20 days in
-- turn, so that each renewal is written.

local what, lines, first, count, kept, next = nil, {}, 0, 0, nil, 0

local function sid(token)
  local digits, bits, bytes = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", 0, {}
  local held = 0
  for digit in token:match("%.([^.]+)%."):gmatch(".") do
    held, bits = held * 64 + digits:find(digit, 1, true) - 1, bits + 6
    if bits >= 8 then
      bits = bits - 8
      bytes[#bytes + 1] = string.char(math.floor(held / 2 ^ bits))
      held = held % 2 ^ bits
    end
  end
  return table.concat(bytes):match('"sid":"([^"]+)"')
end

function init(arguments)
  what = arguments[1]
  for line in io.lines(arguments[2]) do lines[#lines + 1] = line end
  wrk.method = "POST"
  wrk.headers["Content-Type"] = "application/json"
  if what == "activate" then
    wrk.path = "/api/v1/activations/jwt"
    first, count = tonumber(arguments[3]), tonumber(arguments[4])
    if arguments[5] then kept = io.open(arguments[5], "w") end
  else
    count = #lines
  end
  -- Responses are read only if they are stored, because reading them slows wrk down considerably.
  if not kept then response = nil end
end

local function of_session(n)
  local id, token = lines[n % count + 1]:match("(%S+) (%S+)")
  local call = what == "check-in" and "check-in" or "renew"
  local body = what ~= "extend" and "{}" or
    string.format('{"requestedLeaseDuration":"%d"}', math.floor(n / count) % 2 == 0 and 10 or 20)
  return wrk.format(nil, "/api/v1/activations/" .. id .. "/" .. call,
    { ["Content-Type"] = "application/json", ["Authorization"] = "Bearer " .. token }, body)
end

function request()
  local n = next
  next = next + 1
  if what ~= "activate" then return of_session(n) end
  local device = first + n % count
  return wrk.format(nil, nil, nil, string.format(
    '{"activationCode":"%s","fingerprint":"bench-%d"}', lines[device % #lines + 1], device))
end

function response(status, headers, body)
  local token = body:match('^"([^"]+)"$')
  if status == 200 and token then kept:write(sid(token), " ", token, "\n") kept:flush() end
end

function done(summary, latency)
  local seconds = summary.duration / 1e6
  local failed = summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout
  io.write(string.format("%d %d %.0f %.1f %.1f\n", summary.requests, failed, summary.requests / seconds,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000))
end
