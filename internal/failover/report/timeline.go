package report

import "time"

// bucketsMax bounds how many buckets a timeline has.
const bucketsMax = 600

// BucketWidth is how wide the buckets of a timeline of a length are to be: a round figure, at least a tenth of a second, and wide
// enough that a page can show them all.
func BucketWidth(length time.Duration) time.Duration {
	width := 100 * time.Millisecond
	for i := 0; length > bucketsMax*width; i++ {
		width = width * []time.Duration{4, 5, 4}[i%3] / 2
	}
	return width
}

// Timeline is what happened when. Its times are milliseconds since it began.
type Timeline struct {
	// Start is when it began.
	Start time.Time `json:"start"`

	// Width is how long each bucket is, in milliseconds; [BucketWidth] has the usual one.
	Width int64 `json:"width"`

	// Buckets are what clients saw, one after the other without gaps.
	Buckets []Bucket `json:"buckets"`

	// Samples are the states that the Regions and the edge were in, in order, such as one for each bucket and one at each
	// change. A state lasts until the next sample.
	Samples []Sample `json:"samples"`
}

// Bucket is what clients saw in a part of the time, by when their requests ended.
type Bucket struct {
	// Start is when it begins, in milliseconds since the timeline began.
	Start int64 `json:"start"`

	// Reads and Writes count the requests that succeeded, by Region; failures those that did not, by kind.
	Reads         map[string]int `json:"reads,omitempty"`
	Writes        map[string]int `json:"writes,omitempty"`
	ReadFailures  map[string]int `json:"readFailures,omitempty"`
	WriteFailures map[string]int `json:"writeFailures,omitempty"`

	// Median and P99 are latencies of all requests, in milliseconds; 0 if there were none.
	Median float64 `json:"median"`
	P99    float64 `json:"p99"`
}

// Sample is the state of the Regions and of the edge at one time.
type Sample struct {
	// At is when, in milliseconds since the timeline began.
	At int64 `json:"at"`

	// Lag is how far the Region that does not write lags, in milliseconds; nil if nothing is replicated.
	Lag *float64 `json:"lag,omitempty"`

	// Writer is the name of the Region whose database writes; empty while none does.
	Writer string `json:"writer,omitempty"`

	// Active is the name of the Region that the edge sends requests to.
	Active string `json:"active,omitempty"`

	// Fenced says whether the edge refuses writes.
	Fenced bool `json:"fenced,omitempty"`
}
