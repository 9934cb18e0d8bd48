// Package failoveredge defines the edge of a REST API that runs in one Region and stands by in another: a CloudFront
// distribution in front of both, and the switch between them.
//
//	client ── CloudFront ── function ─┬─ pri   the API in the home primary Region
//	                            │     └─ secd  the API in the home secondary Region
//	                     key-value store
//	                      active, fence
//
// [New] defines the distribution with one origin for each Region, a CloudFront Function that chooses between them for every
// request, the key-value store that tells it how, a policy for response headers, and a bucket for access logs.
//
// # How requests are routed
//
// The function reads the store's key [KeyActive]: [OriginPrimary] or [OriginSecondary], the home role of the Region that is
// active. Moving the traffic is writing that key. It is not a deployment, and no template says which Region is active, so
// deploying the edge again changes nothing about it.
//
//   - Reads (GET, HEAD, OPTIONS) go to an origin group made for the request: the active Region, and the other one if that
//     answers 500, 502, 503 or 504, or not at all. The other statuses are answers of the API.
//   - All other methods go to the active Region and nowhere else. CloudFront never repeats a write, and refuses a template
//     in which an origin group serves a behaviour that allows writes. That is why the template has no origin group.
//   - While the key [KeyFence] exists, with whatever value, all other methods are refused with 503, a Retry-After of 10
//     seconds, the header [FencedHeader] and a problem+json body. Nothing of the value is in it. Reads go on.
//   - A missing or unreadable [KeyActive], or any other value, means the home primary, which is where a new deployment
//     starts. An unreadable [KeyFence] means that writes are not fenced: a store that cannot be read cannot say which
//     Region is active either, and refusing all writes for as long would turn a fault of the switch into an outage of the
//     API. What protects the data is the database, which has one writer in any case.
//
// The function adds the request header [RegionHeader] with the Region that it chose, whatever the viewer sent under that
// name, and changes nothing else. A read that fell over to the other Region still names the first one: the Region that did
// serve it is what the API says in its response.
//
// The origin group's shape is that of "Helper methods for origin modification" in the CloudFront Developer Guide. The guide
// limits neither helper to certain methods; what it limits to GET, HEAD and OPTIONS is asking the second origin.
//
// # Defaults
//
// Nothing is cached, errors included, and everything the viewer sends except Host is forwarded, Authorization included. HTTPS only, HTTP/2
// and HTTP/3, IPv6; TLS 1.2 (2021) or later with a domain name of your own. CloudFront's default certificate comes with
// CloudFront's own minimum, TLS 1.0, and nothing can raise it: use a domain name. Security headers for an API that no
// browser renders. Access logs, without cookies, are kept for 90 days in a private, encrypted bucket.
//
// # What it never does
//
// It caches no response, keeps no token, sends no write twice, and writes no key to the store.
package failoveredge
