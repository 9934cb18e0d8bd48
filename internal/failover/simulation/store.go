package simulation

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	kvs "github.com/aws/aws-sdk-go-v2/service/cloudfrontkeyvaluestore"
	"github.com/aws/aws-sdk-go-v2/service/cloudfrontkeyvaluestore/types"

	"github.com/warmstandby/warmstandby/constructs/topology"
	"github.com/warmstandby/warmstandby/internal/awssim"
	"github.com/warmstandby/warmstandby/internal/awssim/fault"
	"github.com/warmstandby/warmstandby/internal/failover"
)

// storeClient is the key-value store's API. Its answers may be stale, but keys are never older than the version that the same caller
// has seen before: otherwise a version would say nothing about keys.
type storeClient struct {
	*caller

	described time.Time // the age of the version that was seen last
}

var _ failover.KeyValueStore = (*storeClient)(nil)

func storeCall(operation string, changes bool) call {
	return call{service: "cloudfront-keyvaluestore", operation: operation, region: fault.Global, changes: changes}
}

// DescribeKeyValueStore shows the version.
func (c *storeClient) DescribeKeyValueStore(ctx context.Context, in *kvs.DescribeKeyValueStoreInput, _ ...func(*kvs.Options)) (*kvs.DescribeKeyValueStoreOutput, error) {
	return carry(ctx, c.caller, storeCall("DescribeKeyValueStore", false), func(s *awssim.State) (*kvs.DescribeKeyValueStoreOutput, error) {
		k, ok := s.KeyValueStores.Get(aws.ToString(in.KvsARN))
		if !ok {
			return nil, errNoStore
		}
		c.described = s.Now()
		return &kvs.DescribeKeyValueStoreOutput{KvsARN: &k.ARN, ETag: &k.ETag}, nil
	})
}

// ListKeys shows all keys at once.
func (c *storeClient) ListKeys(ctx context.Context, in *kvs.ListKeysInput, _ ...func(*kvs.Options)) (*kvs.ListKeysOutput, error) {
	k := storeCall("ListKeys", false)
	k.notBefore = c.described
	return carry(ctx, c.caller, k, func(s *awssim.State) (*kvs.ListKeysOutput, error) {
		k, ok := s.KeyValueStores.Get(aws.ToString(in.KvsARN))
		if !ok {
			return nil, errNoStore
		}
		out := &kvs.ListKeysOutput{}
		for _, key := range slices.Sorted(maps.Keys(k.Items)) {
			out.Items = append(out.Items, types.ListKeysResponseListItem{Key: aws.String(key), Value: aws.String(k.Items[key])})
		}
		return out, nil
	})
}

// UpdateKeys changes the store if it is of the version that is named.
func (c *storeClient) UpdateKeys(ctx context.Context, in *kvs.UpdateKeysInput, _ ...func(*kvs.Options)) (*kvs.UpdateKeysOutput, error) {
	puts := map[string]string{}
	for _, p := range in.Puts {
		puts[*p.Key] = *p.Value
	}
	var deletes []string
	for _, d := range in.Deletes {
		deletes = append(deletes, *d.Key)
	}
	k := storeCall("UpdateKeys", true)
	k.leaseOnly = leaseOnly(puts, deletes)
	return carry(ctx, c.caller, k, func(s *awssim.State) (*kvs.UpdateKeysOutput, error) {
		changed, err := s.UpdateKeys(aws.ToString(in.KvsARN), aws.ToString(in.IfMatch), puts, deletes)
		if err != nil {
			return nil, err
		}
		if !k.leaseOnly {
			c.w.routed(c.caller, s, changed)
		}
		return &kvs.UpdateKeysOutput{ETag: &changed.ETag}, nil
	})
}

// leaseOnly reports whether an update is about nothing but the lease.
func leaseOnly(puts map[string]string, deletes []string) bool {
	other := func(key string) bool { return key != topology.LeaseKey }
	return !slices.ContainsFunc(deletes, other) && !slices.ContainsFunc(slices.Collect(maps.Keys(puts)), other)
}
