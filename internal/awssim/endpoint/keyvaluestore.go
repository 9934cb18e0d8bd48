package endpoint

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"slices"

	"github.com/warmstandby/warmstandby/internal/awssim"
)

// keyValueStore is CloudFront's key-value store. What is written is seen here at once; for edge locations see
// [awssim.State.ItemsAt].
//
// The API reference has the codes and says little of when each is given, and nothing of the messages. Here a version that is
// not the store's is a ConflictException, what the documentation's limits forbid a ValidationException, and a store that would
// be too large a ServiceQuotaExceededException; the messages are ours.
func keyValueStore() *service {
	store := on(func(c *Call) string { return c.Str("KvsARN") })
	const path = "/key-value-stores/{KvsARN}"
	return &service{
		name:      "cloudfront-keyvaluestore",
		protocols: []protocol{restJSON{}},
		operations: []operation{
			{name: "DescribeKeyValueStore", route: "GET " + path, resources: store, do: describeKeyValueStore},
			{name: "ListKeys", route: "GET " + path + "/keys", resources: store, do: listKeys},
			{name: "GetKey", route: "GET " + path + "/keys/{Key}", resources: store, do: getKey},
			{name: "PutKey", route: "PUT " + path + "/keys/{Key}", resources: store, do: putKey},
			{name: "DeleteKey", route: "DELETE " + path + "/keys/{Key}", resources: store, do: deleteKey},
			{name: "UpdateKeys", route: "POST " + path + "/keys", resources: store, do: updateKeys},
		},
	}
}

func findStore(c *Call) (awssim.KeyValueStore, error) {
	k, ok := lookup(c, func(s *awssim.State, _ *awssim.Region) (awssim.KeyValueStore, bool) {
		return s.KeyValueStores.Get(c.Str("KvsARN"))
	})
	if !ok {
		return k, failure(http.StatusNotFound, "ResourceNotFoundException", "Key Value Store not found")
	}
	return k, nil
}

func describeKeyValueStore(_ context.Context, c *Call) (any, error) {
	k, err := findStore(c)
	if err != nil {
		return nil, err
	}
	c.Reply.Set("ETag", k.ETag)
	return struct {
		ItemCount        int
		TotalSizeInBytes int
		KvsARN           string
		Created          *stamp
		LastModified     *stamp
		Status           string
	}{len(k.Items), k.Size(), k.ARN, stampOf(k.Created), stampOf(k.LastModified), k.Status}, nil
}

// item is a key and its value.
type item struct{ Key, Value string }

// Numbers of keys in an answer (CloudFront KeyValueStore API reference, ListKeys).
const defaultKeys, maxKeys = 10, 50

func listKeys(_ context.Context, c *Call) (any, error) {
	k, err := findStore(c)
	if err != nil {
		return nil, err
	}
	in := struct {
		MaxResults int
		NextToken  string
	}{MaxResults: defaultKeys}
	if err := c.Bind(&in); err != nil || in.MaxResults < 1 || in.MaxResults > maxKeys {
		return nil, failure(http.StatusBadRequest, "ValidationException", "MaxResults must be between 1 and %d", maxKeys)
	}
	items := []item{}
	for _, key := range slices.Sorted(maps.Keys(k.Items)) {
		items = append(items, item{key, k.Items[key]})
	}
	part, next, ok := page(items, in.NextToken, in.MaxResults)
	if !ok {
		return nil, failure(http.StatusBadRequest, "ValidationException", "Invalid NextToken")
	}
	return struct {
		Items     []item
		NextToken string `json:",omitempty"`
	}{part, next}, nil
}

func getKey(_ context.Context, c *Call) (any, error) {
	k, err := findStore(c)
	if err != nil {
		return nil, err
	}
	value, ok := k.Items[c.Str("Key")]
	if !ok {
		return nil, failure(http.StatusNotFound, "ResourceNotFoundException", "Key not found")
	}
	return struct {
		item
		ItemCount        int
		TotalSizeInBytes int
	}{item{c.Str("Key"), value}, len(k.Items), k.Size()}, nil
}

func putKey(_ context.Context, c *Call) (any, error) {
	return change(c, map[string]string{c.Str("Key"): c.Str("Value")}, nil)
}

func deleteKey(_ context.Context, c *Call) (any, error) {
	return change(c, nil, []string{c.Str("Key")})
}

func updateKeys(_ context.Context, c *Call) (any, error) {
	var in struct {
		Puts    []item
		Deletes []struct{ Key string }
	}
	if err := c.Bind(&in); err != nil {
		return nil, err
	}
	puts := map[string]string{}
	for _, put := range in.Puts {
		if _, twice := puts[put.Key]; twice {
			return nil, failure(http.StatusBadRequest, "ValidationException", "key %q is named twice", put.Key)
		}
		puts[put.Key] = put.Value
	}
	var deletes []string
	for _, d := range in.Deletes {
		deletes = append(deletes, d.Key)
	}
	return change(c, puts, deletes)
}

// change changes a store of the version that the request names.
func change(c *Call, puts map[string]string, deletes []string) (any, error) {
	if _, err := findStore(c); err != nil {
		return nil, err
	}
	if c.Header.Get("If-Match") == "" {
		return nil, failure(http.StatusBadRequest, "ValidationException", "If-Match is required")
	}
	var (
		k   awssim.KeyValueStore
		err error
	)
	c.do(func(s *awssim.State, _ *awssim.Region) {
		k, err = s.UpdateKeys(c.Str("KvsARN"), c.Header.Get("If-Match"), puts, deletes)
	})
	if err != nil {
		return nil, storeError(err)
	}
	c.Reply.Set("ETag", k.ETag)
	return struct {
		ItemCount        int
		TotalSizeInBytes int
	}{len(k.Items), k.Size()}, nil
}

// storeError is how the service words why a store is not changed.
func storeError(err error) error {
	status, code := http.StatusBadRequest, "ValidationException"
	switch {
	case errors.Is(err, awssim.ErrStoreVersion):
		status, code = http.StatusConflict, "ConflictException"
	case errors.Is(err, awssim.ErrStoreQuota):
		status, code = http.StatusPaymentRequired, "ServiceQuotaExceededException"
	case errors.Is(err, awssim.ErrNoKey):
		status, code = http.StatusNotFound, "ResourceNotFoundException"
	}
	return failure(status, code, "%v", err)
}
