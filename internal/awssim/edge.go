package awssim

import "time"

// storeVersion is what a key-value store held from a time on.
type storeVersion struct {
	at    time.Time
	n     int // how many changes there were before
	items map[string]string
}

// ItemsAt is what an edge location knows of the key-value store of that ARN; nil if there is no such store. A change reaches each
// location after a delay of its own, within [Options.EdgeDelay]; one that overtakes an earlier one replaces it. What a store held
// when it was created is known everywhere. The items must not be changed.
//
// AWS says that changes take a short time to reach all locations, and not how long (CloudFront developer guide, "Work with key value
// data").
func (s *State) ItemsAt(arn, location string) map[string]string {
	k, ok := s.KeyValueStores.Get(arn)
	versions, _ := s.storeVersions.Get(arn)
	if !ok || len(versions) == 0 {
		return k.Items
	}
	return versions[s.known(k, versions, location)].items
}

// NextItemsAt is when the location gets to know of a change that has been made and that it does not know, and whether there is one.
func (s *State) NextItemsAt(arn, location string) (next time.Time, some bool) {
	k, _ := s.KeyValueStores.Get(arn)
	versions, _ := s.storeVersions.Get(arn)
	if len(versions) == 0 {
		return next, false
	}
	for _, v := range versions[s.known(k, versions, location)+1:] {
		if at := s.reachesEdge(k, v, location); !some || at.Before(next) {
			next, some = at, true
		}
	}
	return next, some
}

// known is the index of the version of a store that a location knows.
func (s *State) known(k KeyValueStore, versions []storeVersion, location string) int {
	now := s.Now()
	for i := len(versions) - 1; i > 0; i-- {
		if !now.Before(s.reachesEdge(k, versions[i], location)) {
			return i
		}
	}
	return 0
}

// reachesEdge is when a version reaches a location.
func (s *State) reachesEdge(k KeyValueStore, v storeVersion, location string) time.Time {
	return v.at.Add(s.edgeDelay.draw(s.sourceOf("edge "+k.Name+" "+location, v.n)))
}

// remember keeps what a store held before a change and after it, as long as some location may not know the latter.
func (s *State) remember(before, after KeyValueStore) {
	if s.edgeDelay.Max == 0 {
		return
	}
	now := s.Now()
	versions, _ := s.storeVersions.Get(after.ARN)
	if len(versions) == 0 {
		versions = []storeVersion{{items: before.Items}}
	}
	versions = append(versions[:len(versions):len(versions)], storeVersion{now, versions[len(versions)-1].n + 1, after.Items})
	for len(versions) > 1 && !versions[1].at.Add(s.edgeDelay.Max).After(now) {
		versions = versions[1:]
	}
	s.storeVersions.Put(after.ARN, versions)
}
