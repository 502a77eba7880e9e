-- wrk's part of .ci/bench. `wrk … -- CODES FIRST COUNT`: activates device after device, COUNT of them from number FIRST on and
-- then again from FIRST, over the activation codes in the file CODES. A device always asks for the same license.

local codes, first, count, next = {}, 0, 0, 0

function init(arguments)
  for code in io.lines(arguments[1]) do codes[#codes + 1] = code end
  first, count = tonumber(arguments[2]), tonumber(arguments[3])
  wrk.method, wrk.path = "POST", "/api/v1/activations/jwt"
  wrk.headers["Content-Type"] = "application/json"
end

function request()
  local device = first + next % count
  next = next + 1
  return wrk.format(nil, nil, nil, string.format(
    '{"activationCode":"%s","fingerprint":"bench-%d"}', codes[device % #codes + 1], device))
end

function done(summary, latency)
  local seconds = summary.duration / 1e6
  local failed = summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout
  io.write(string.format("%d %d %.0f %.1f %.1f\n", summary.requests, failed, summary.requests / seconds,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000))
end
