package awssim

import (
	"errors"
	"fmt"
	"maps"
	"time"
)

// Limits of a key-value store (CloudFront developer guide, "Quotas on key value stores").
const (
	MaxKeySize      = 512             // bytes
	MaxValueSize    = 1 << 10         // bytes
	MaxStoreSize    = 5 << 20         // bytes, keys and values together
	MaxUpdateKeys   = 50              // keys in one update, puts and deletes together
	MaxUpdateSize   = 3 << 20         // bytes in one update
	readyStoreState = "READY"         // status of a store that can be used
	etagAlphabet    = upper           // of a store's version
	etagLength      = len("E3UN6WX5") // of a store's version
)

// Reasons why a key-value store is not changed.
var (
	// ErrStoreVersion means that the store changed since the version that the caller knows.
	ErrStoreVersion = errors.New("the key value store is not of the version that If-Match names")

	// ErrStoreInput means that a key, a value or the number of keys is beyond the limits, or that a key is named twice.
	ErrStoreInput = errors.New("the request is not valid")

	// ErrStoreQuota means that the store would be too large.
	ErrStoreQuota = errors.New("the key value store would be too large")

	// ErrNoKey means that a key to be deleted is not there.
	ErrNoKey = errors.New("the key does not exist")
)

// KeyValueStore is a key-value store of CloudFront Functions, as its API shows it; for what edge locations know of it see
// [State.ItemsAt].
type KeyValueStore struct {
	Name         string
	ID           string
	ARN          string
	Comment      string
	Status       string
	Created      time.Time
	LastModified time.Time
	ETag         string // changes with every change of the items
	Items        map[string]string
}

// Size is the size of the store's keys and values in bytes.
func (k KeyValueStore) Size() int {
	size := 0
	for key, value := range k.Items {
		size += len(key) + len(value)
	}
	return size
}

// CreateKeyValueStore stores a key-value store. It fills in id, ARN, status, dates and version.
func (s *State) CreateKeyValueStore(k KeyValueStore) KeyValueStore {
	k.ID = s.newUUID()
	k.ARN = "arn:aws:cloudfront::" + s.account + ":key-value-store/" + k.ID
	k.Status = readyStoreState
	k.Created = s.Now()
	k.LastModified = k.Created
	k.ETag = "E" + s.newID(etagLength, etagAlphabet)
	k.Items = maps.Clone(k.Items)
	s.KeyValueStores.Put(k.ARN, k)
	return k
}

// UpdateKeys puts and deletes keys in one step, if the store is still of the version etag. It returns the changed store.
// Errors are the ones above; the store is then as it was.
func (s *State) UpdateKeys(arn, etag string, puts map[string]string, deletes []string) (KeyValueStore, error) {
	k, ok := s.KeyValueStores.Get(arn)
	if !ok {
		return k, fmt.Errorf("update keys of %s: no such key value store", arn)
	}
	if err := checkUpdate(puts, deletes); err != nil {
		return k, err
	}
	if k.ETag != etag {
		return k, ErrStoreVersion
	}
	items := maps.Clone(k.Items)
	if items == nil {
		items = map[string]string{}
	}
	for _, key := range deletes {
		if _, ok := items[key]; !ok {
			return k, ErrNoKey
		}
		delete(items, key)
	}
	maps.Copy(items, puts)
	changed := k
	changed.Items = items
	if changed.Size() > MaxStoreSize {
		return k, ErrStoreQuota
	}
	changed.ETag = "E" + s.newID(etagLength, etagAlphabet)
	changed.LastModified = s.Now()
	s.KeyValueStores.Put(arn, changed)
	s.remember(k, changed)
	if s.KeysHook != nil {
		s.KeysHook(k, changed)
	}
	return changed, nil
}

// checkUpdate checks what can be checked without the store.
func checkUpdate(puts map[string]string, deletes []string) error {
	size, count := 0, len(puts)+len(deletes)
	for key, value := range puts {
		size += len(key) + len(value)
		if len(value) > MaxValueSize {
			return fmt.Errorf("%w: the value of %q has %d bytes, at most %d are allowed", ErrStoreInput, key, len(value), MaxValueSize)
		}
		if err := checkKey(key); err != nil {
			return err
		}
	}
	for _, key := range deletes {
		size += len(key)
		if _, both := puts[key]; both {
			return fmt.Errorf("%w: key %q is to be both put and deleted", ErrStoreInput, key)
		}
		if err := checkKey(key); err != nil {
			return err
		}
	}
	if count == 0 || count > MaxUpdateKeys || size > MaxUpdateSize {
		return fmt.Errorf("%w: an update has 1 to %d keys and at most %d bytes, got %d and %d", ErrStoreInput, MaxUpdateKeys, MaxUpdateSize, count, size)
	}
	return nil
}

func checkKey(key string) error {
	if key == "" || len(key) > MaxKeySize {
		return fmt.Errorf("%w: a key has 1 to %d bytes, got %d", ErrStoreInput, MaxKeySize, len(key))
	}
	return nil
}
