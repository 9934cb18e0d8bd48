package endpoint

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"github.com/warmstandby/warmstandby/internal/awssim"
)

// Limits of PutEvents (EventBridge API reference, PutEvents; "Calculating PutEvents event entry size" in the user guide).
const (
	maxEntries     = 10
	maxEntriesSize = 1 << 20 // bytes of all entries; 256 KiB in documents of before 2026
	timeSize       = 14      // bytes that an entry's time counts
	maxDepth       = 1000    // levels of an event's detail
)

// eventEntry is an entry of PutEvents.
type eventEntry struct {
	Detail, DetailType, EventBusName, Source *string
	Resources                                []string
	Time                                     *time.Time
}

// entryResult is what became of an entry.
type entryResult struct {
	EventID      string `json:"EventId,omitempty"`
	ErrorCode    string `json:",omitempty"`
	ErrorMessage string `json:",omitempty"`
}

func putEvents(_ context.Context, c *Call) (any, error) {
	var in struct{ Entries []eventEntry }
	if err := c.Bind(&in); err != nil {
		return nil, err
	}
	if n := len(in.Entries); n < 1 || n > maxEntries {
		return nil, failure(http.StatusBadRequest, "ValidationException",
			"1 validation error detected: Value at 'entries' failed to satisfy constraint: Member must have length between 1 and %d, got %d", maxEntries, n)
	}
	size := 0
	for _, e := range in.Entries {
		size += e.size()
	}
	if size >= maxEntriesSize {
		return nil, failure(http.StatusBadRequest, "ValidationException",
			"Total size of the entries in the request is over the limit.")
	}
	results, failed := make([]entryResult, len(in.Entries)), 0
	for i, e := range in.Entries {
		results[i] = e.put(c)
		if results[i].ErrorCode != "" {
			failed++
		}
	}
	return struct {
		FailedEntryCount int
		Entries          []entryResult
	}{failed, results}, nil
}

// size is what the entry counts.
func (e eventEntry) size() int {
	size := len(str(e.Source)) + len(str(e.DetailType)) + len(str(e.Detail))
	for _, r := range e.Resources {
		size += len(r)
	}
	if e.Time != nil {
		size += timeSize
	}
	return size
}

// put gives the event to its bus. An event for a bus that does not exist gets an id and goes nowhere, as users have found.
func (e eventEntry) put(c *Call) entryResult {
	if code, message := e.check(); code != "" {
		return entryResult{ErrorCode: code, ErrorMessage: message}
	}
	var detail bytes.Buffer
	if err := json.Compact(&detail, []byte(*e.Detail)); err != nil {
		return entryResult{ErrorCode: "MalformedDetail", ErrorMessage: "Detail is malformed."}
	}
	event := awssim.Event{Source: *e.Source, DetailType: *e.DetailType, Resources: e.Resources, Detail: detail.Bytes()}
	if e.Time != nil {
		event.Time = *e.Time
	}
	known := false
	c.do(func(_ *awssim.State, r *awssim.Region) {
		var bus awssim.EventBus
		bus, known = r.FindEventBus(str(e.EventBusName))
		event.Bus = bus.Name
		event = r.TakeEvent(event)
	})
	if known {
		c.Cloud.Deliver(c.Region, event)
	}
	return entryResult{EventID: event.ID}
}

// check returns the code and the message of what is wrong with the entry, if anything is.
func (e eventEntry) check() (code, message string) {
	for _, required := range []struct {
		name  string
		value *string
	}{{"Source", e.Source}, {"DetailType", e.DetailType}, {"Detail", e.Detail}} {
		if str(required.value) == "" {
			return "InvalidArgument", "Parameter " + required.name + " is not valid. Reason: " + required.name + " is a required argument."
		}
	}
	if strings.HasPrefix(*e.Source, "aws.") {
		return "NotAuthorizedForSourceException", "Not authorized for the source."
	}
	if !isObject(*e.Detail) {
		return "MalformedDetail", "Detail is malformed."
	}
	return "", ""
}

// isObject says whether the text is one JSON object, not too deep.
func isObject(text string) bool {
	d := json.NewDecoder(strings.NewReader(text))
	depth := 0
	for first := true; first || depth > 0; first = false {
		token, err := d.Token()
		if err != nil || first && token != json.Delim('{') {
			return false
		}
		switch token {
		case json.Delim('{'), json.Delim('['):
			depth++
		case json.Delim('}'), json.Delim(']'):
			depth--
		}
		if depth > maxDepth {
			return false
		}
	}
	return json.Valid([]byte(text))
}

// str is the text, or nothing.
func str(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
