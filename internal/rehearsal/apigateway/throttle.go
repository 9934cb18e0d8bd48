package apigateway

import (
	"math"
	"strings"
	"sync"
	"time"
)

// limit is how many requests a method takes: rate a second over time, and burst at once.
type limit struct{ rate, burst float64 }

// The limits of an account, which a method has where the stage sets only one of the two. See "Amazon API Gateway quotas" in the
// developer guide.
const (
	accountRate  = 10000
	accountBurst = 5000
)

// throttling reads a stage's MethodSettings and returns the limit of each route that has one. A setting for a path and method
// goes before one for all methods of a path, and that before one for the whole stage. Each method counts for itself: see
// "Throttle requests to your REST APIs for better throughput in API Gateway" in the developer guide.
func (a *api) throttling(settings []*properties) map[*route]limit {
	limits := make(map[string]limit) // by method and path, "GET /v1", with * for all
	for _, s := range settings {
		verb, path := s.text("HttpMethod"), settingPath(s.text("ResourcePath"))
		if !a.has(verb, path) {
			s.failf("ResourcePath", "and HttpMethod are %s %s, which the API does not have", verb, path)
		}
		rate, limited := s.number("ThrottlingRateLimit")
		burst, bursty := s.number("ThrottlingBurstLimit")
		if !limited {
			rate = accountRate
		}
		if !bursty {
			burst = accountBurst
		}
		if limited || bursty {
			limits[verb+" "+path] = limit{rate, burst}
		}
		s.only("CachingEnabled", "false")
		s.ignore("CacheDataEncrypted", "CacheTtlInSeconds", "DataTraceEnabled", "LoggingLevel", "MetricsEnabled")
		s.finish()
	}
	throttled := make(map[*route]limit)
	for _, rt := range a.routes {
		for _, key := range []string{rt.method + " " + rt.path, "* " + rt.path, "* *"} {
			if l, ok := limits[key]; ok {
				throttled[rt] = l
				break
			}
		}
	}
	return throttled
}

// settingPath is the path of a method setting, which writes slashes as ~1 after the first. It is * for /*, the whole stage.
func settingPath(path string) string {
	if path == "/*" {
		return "*"
	}
	path = strings.TrimPrefix(strings.ReplaceAll(path, "~1", "/"), "/")
	return "/" + strings.TrimPrefix(path, "/")
}

// has tells whether a method setting is for anything.
func (a *api) has(verb, path string) bool {
	if path == "*" {
		return verb == "*"
	}
	for _, rt := range a.routes {
		if rt.path == path && (verb == "*" || verb == rt.method) {
			return true
		}
	}
	return false
}

// bucket is a token bucket. It is full at first.
type bucket struct {
	limit

	mu     sync.Mutex
	tokens float64
	at     time.Time
}

// take takes a token, if there is one at now.
func (b *bucket) take(now time.Time) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case b.at.IsZero():
		b.tokens, b.at = b.burst, now
	case now.After(b.at):
		b.tokens = math.Min(b.burst, b.tokens+b.rate*now.Sub(b.at).Seconds())
		b.at = now
	}
	if b.tokens < 1 {
		return false
	}
	b.tokens--
	return true
}
