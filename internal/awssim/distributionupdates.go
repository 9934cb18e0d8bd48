package awssim

import (
	"encoding/xml"
	"errors"
	"fmt"
	"slices"
	"time"
)

// Why a distribution is not updated.
var (
	ErrNoDistribution      = errors.New("the specified distribution does not exist")
	ErrDistributionVersion = errors.New("the request failed because it didn't meet the preconditions in one or more request-header fields")
	ErrCallerReference     = errors.New("the caller reference cannot be changed")
	ErrDistributionConfig  = errors.New("the distribution's configuration is refused")
)

// Statuses of distributions and invalidations.
const (
	InProgress = "InProgress"
	Deployed   = "Deployed"
	Completed  = "Completed"
)

// UpdateDistribution replaces a distribution's configuration, if version is the ETag of the present one. It is served when it is
// deployed: after [Timing.Deploy], and not before an earlier one ("Update a distribution" in the CloudFront developer guide).
func (s *State) UpdateDistribution(id, version string, c DistributionConfig) (Distribution, error) {
	d, ok := s.Distributions.Get(id)
	switch {
	case !ok:
		return d, ErrNoDistribution
	case d.ETag != version:
		return d, ErrDistributionVersion
	case d.Config.CallerReference != c.CallerReference:
		return d, ErrCallerReference
	}
	if s.DistributionCheck != nil {
		if err := s.DistributionCheck(id, c); err != nil {
			return d, fmt.Errorf("%w: %w", ErrDistributionConfig, err)
		}
	}
	d.Config, d.Status, d.LastModified, d.ETag = c, InProgress, s.Now(), "E"+s.newID(13, upper)
	d.deployed = later(d.deployed, s.Now().Add(s.timing.draw(s.timing.Deploy, s.source("deploy "+id))))
	s.Distributions.Put(id, d)
	s.plan(d.deployed, func(time.Time) { s.deploy(id, d) })
	return d, nil
}

// deploy lets the configuration be served that a distribution had after a change.
func (s *State) deploy(id string, changed Distribution) {
	d, ok := s.Distributions.Get(id)
	if !ok {
		return
	}
	d.Served, d.ServedETag, d.ServedModified = changed.Config, changed.ETag, changed.LastModified
	if d.ETag == changed.ETag {
		d.Status = Deployed
	}
	s.Distributions.Put(id, d)
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// Invalidation is a request to forget what is cached.
type Invalidation struct {
	ID           string
	Distribution string // its id
	Status       string
	Created      time.Time
	Completed    time.Time // zero until then
	Batch        InvalidationBatch
}

// InvalidationBatch is what is to be forgotten.
type InvalidationBatch struct {
	Paths           Items[InvalidationPath] `xml:"Paths"`
	CallerReference string                  `xml:"CallerReference"`
}

// InvalidationPath is a path that is to be forgotten, with a * at its end for all that begin so.
type InvalidationPath string

func (InvalidationPath) element() string { return "Path" }

// CreateInvalidation makes a distribution forget what it has cached, which is nothing, in [Timing.Invalidate]. The same batch again is
// the same invalidation ("CallerReference" in the CloudFront API reference, InvalidationBatch).
func (s *State) CreateInvalidation(distribution string, b InvalidationBatch) (Invalidation, error) {
	if _, ok := s.Distributions.Get(distribution); !ok {
		return Invalidation{}, ErrNoDistribution
	}
	for _, earlier := range s.Invalidations.All() {
		if earlier.Distribution == distribution && earlier.Batch.CallerReference == b.CallerReference && slices.Equal(earlier.Batch.Paths, b.Paths) {
			return earlier, nil
		}
	}
	i := Invalidation{ID: "I" + s.newID(13, upper), Distribution: distribution, Status: InProgress, Created: s.Now(), Batch: b}
	s.Invalidations.Put(i.ID, i)
	s.plan(s.Now().Add(s.timing.draw(s.timing.Invalidate, s.source("invalidate "+distribution))), func(at time.Time) {
		i.Status, i.Completed = Completed, at
		s.Invalidations.Put(i.ID, i)
	})
	return i, nil
}

// UnmarshalXML reads a list as CloudFront's clients send it. Its length must be what they say it is.
func (l *Items[T]) UnmarshalXML(d *xml.Decoder, start xml.StartElement) error {
	var list struct {
		Quantity int
		Items    struct {
			Elements []T `xml:",any"`
		}
	}
	if err := d.DecodeElement(&list, &start); err != nil {
		return err
	}
	if list.Quantity != len(list.Items.Elements) {
		return fmt.Errorf("%s: %w: %d and %d", start.Name.Local, ErrQuantities, list.Quantity, len(list.Items.Elements))
	}
	*l = list.Items.Elements
	return nil
}

// ErrQuantities means that a list is longer or shorter than it says.
var ErrQuantities = errors.New("the value of Quantity and the size of Items don't match")
