package failover

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudfrontkeyvaluestore"

	"github.com/warmstandby/warmstandby/constructs/topology"
)

// seeEdge reads the key-value store. Its version is read before its keys, so a change in between makes the next change of ours
// fail, and never the other way around.
func (e *Engine) seeEdge(ctx context.Context) EdgeSeen {
	arn := e.Document.Edge.StoreArn
	description, err := read(ctx, e, "DescribeKeyValueStore", func(ctx context.Context) (*cloudfrontkeyvaluestore.DescribeKeyValueStoreOutput, error) {
		return e.Clients.Edge.DescribeKeyValueStore(ctx, &cloudfrontkeyvaluestore.DescribeKeyValueStoreInput{KvsARN: &arn})
	})
	if err != nil {
		return EdgeSeen{Error: fmt.Sprintf("describe key-value store: %v", err)}
	}
	seen := EdgeSeen{Version: aws.ToString(description.ETag), Active: topology.Primary}
	in := &cloudfrontkeyvaluestore.ListKeysInput{KvsARN: &arn, MaxResults: aws.Int32(50)}
	for {
		out, err := read(ctx, e, "ListKeys", func(ctx context.Context) (*cloudfrontkeyvaluestore.ListKeysOutput, error) {
			return e.Clients.Edge.ListKeys(ctx, in)
		})
		if err != nil {
			return EdgeSeen{Error: fmt.Sprintf("list keys of key-value store: %v", err)}
		}
		for _, item := range out.Items {
			seen.add(aws.ToString(item.Key), aws.ToString(item.Value))
		}
		if aws.ToString(out.NextToken) == "" {
			return seen
		}
		in.NextToken = out.NextToken
	}
}

// add takes note of a key. Others than ours are none of our business.
func (s *EdgeSeen) add(key, value string) {
	switch key {
	case topology.ActiveKey:
		if value == string(topology.Secondary) {
			s.Active = topology.Secondary
		}
	case topology.FenceKey:
		s.Fence = decodeFence(value)
	case topology.LeaseKey:
		s.Lease = decodeLease(value)
	}
}

// probePath is the path of writes that no API takes: what answers them shows where writes go, and they write nothing.
const probePath = "/warmstandby-probe"

// steadyReads is how many reads in a row show that a Region serves, and steadyTime is what each may take.
const steadyReads, steadyTime = 3, 2 * time.Second

// seeRequests sends requests through the edge.
func (e *Engine) seeRequests(ctx context.Context) RequestsSeen {
	var seen RequestsSeen
	var readErr, writeErr error
	together(
		func() { seen.ReadBy, seen.Steady, readErr = e.sendReads(ctx) },
		func() { seen.WriteBy, seen.Fenced, writeErr = e.sendWrite(ctx) },
	)
	if readErr != nil && writeErr != nil {
		seen.Error = readErr.Error()
	}
	return seen
}

// sendReads reads until a read shows trouble, and returns who answered the last one.
func (e *Engine) sendReads(ctx context.Context) (by topology.Role, steady bool, err error) {
	for range steadyReads {
		start := e.Clock.Now()
		response, err := e.send(ctx, http.MethodGet, e.Document.Edge.HealthPath)
		if err != nil {
			return "", false, err
		}
		if response.StatusCode != http.StatusOK {
			return "", false, nil
		}
		previous := by
		by, _ = e.Document.RoleOf(response.Header.Get(topology.ServedRegionHeader))
		if e.Clock.Now().Sub(start) > steadyTime || (previous != "" && previous != by) {
			return by, false, nil
		}
	}
	return by, true, nil
}

// sendWrite writes nothing to nowhere, and returns who would have taken a write, or that the fence refuses it.
func (e *Engine) sendWrite(ctx context.Context) (by topology.Role, fenced bool, err error) {
	response, err := e.send(ctx, http.MethodPost, probePath)
	if err != nil {
		return "", false, err
	}
	by, _ = e.Document.RoleOf(response.Header.Get(topology.ServedRegionHeader))
	return by, response.Header.Get(topology.FencedHeader) != "", nil
}

// send sends a request through the edge. The response's body is read and closed.
func (e *Engine) send(ctx context.Context, method, path string) (*http.Response, error) {
	ctx, cancel := context.WithTimeout(ctx, e.Settings.Request)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, method, e.Document.Edge.URL+path, nil)
	if err != nil {
		return nil, err
	}
	response, err := e.Clients.HTTP.Do(request)
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", method, path, err)
	}
	defer response.Body.Close()
	_, err = io.Copy(io.Discard, io.LimitReader(response.Body, 1<<16))
	return response, err
}
