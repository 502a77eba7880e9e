-- The wrk script for oidc-provider.mjs: asks for one token after another.
wrk.method = "POST"
wrk.path = "/token"
wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"
wrk.body = "grant_type=client_credentials&client_id=device&client_secret=a%20secret&scope=activate"

function done(summary, latency)
  local seconds = summary.duration / 1e6
  local failed = summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout
  io.write(string.format("%d %d %.0f %.1f %.1f\n", summary.requests, failed, summary.requests / seconds,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000))
end
