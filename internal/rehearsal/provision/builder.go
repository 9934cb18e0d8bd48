package provision

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"iter"
	"maps"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/warmstandby/warmstandby/internal/awssim"
	"github.com/warmstandby/warmstandby/internal/awssim/iam"
	"github.com/warmstandby/warmstandby/internal/cloudformation"
	"github.com/warmstandby/warmstandby/internal/rehearsal/properties"
)

// builder is a World while it is deployed. Resources are created one at a time, so nothing here is locked but the Cloud.
type builder struct {
	World

	cloud   *awssim.Cloud
	now     func() time.Time
	seed    uint64
	account string

	subnetGroups    map[string]Attachment        // without security groups, by Region and name
	parameterGroups map[string]map[string]string // by Region and name
	functionPolicy  map[string][]any             // statements of functions' resource policies, by ARN
}

func newBuilder(o Options) *builder {
	if o.Now == nil {
		o.Now = time.Now
	}
	b := &builder{
		cloud: o.Cloud, seed: o.Seed, now: o.Now,
		subnetGroups:    make(map[string]Attachment),
		parameterGroups: make(map[string]map[string]string),
		functionPolicy:  make(map[string][]any),
	}
	o.Cloud.Do(func(s *awssim.State) { b.account = s.Account() })
	b.Network = &Network{
		vpcs: make(map[string]vpc), subnets: make(map[string]subnet), groups: make(map[string]*securityGroup),
	}
	b.Keys = make(map[string]*iam.Policy)
	return b
}

// call is the creation of one resource, with the Cloud's lock held.
type call struct {
	cloudformation.Resource
	*builder

	state  *awssim.State
	region *awssim.Region
	source *rand.ChaCha8 // the resource's own randomness, so that a resource more or less changes no other
	random *rand.Rand    // draws from source
}

// creator creates a resource.
type creator func(*call) (cloudformation.Physical, error)

// typed is a creator that reads the resource's properties into a P.
func typed[P any](create func(*call, P) (cloudformation.Physical, error)) creator {
	return func(c *call) (cloudformation.Physical, error) {
		var p P
		if err := properties.Decode(c.Type, c.Properties, &p); err != nil {
			return cloudformation.Physical{}, err
		}
		created, err := create(c, p)
		if err != nil {
			return created, fmt.Errorf("%s: %w", c.Type, err)
		}
		return created, nil
	}
}

// provider is the Provider of a creator.
func (b *builder) provider(create creator) cloudformation.Provider {
	return func(_ context.Context, r cloudformation.Resource) (created cloudformation.Physical, err error) {
		if r.Account != b.account {
			return created, fmt.Errorf("%s: is for account %s, but only %s is simulated", r.Type, r.Account, b.account)
		}
		source := b.randomFor(r.StackID + "/" + r.LogicalID)
		b.cloud.Do(func(s *awssim.State) {
			created, err = create(&call{
				Resource: r, builder: b, state: s, region: s.Region(r.Region), source: source, random: rand.New(source), //nolint:gosec // as randomFor
			})
		})
		return created, err
	}
}

// randomFor is a source of random numbers for whatever has that name.
func (b *builder) randomFor(name string) *rand.ChaCha8 {
	return rand.NewChaCha8(sha256.Sum256(append(binary.BigEndian.AppendUint64(nil, b.seed), name...))) //nolint:gosec // to be reproducible, not secret
}

// Alphabets of identifiers.
const (
	hexits = "0123456789abcdef"
	lower  = "abcdefghijklmnopqrstuvwxyz0123456789"
)

// draw is n characters of the alphabet.
func draw(random *rand.Rand, n int, alphabet string) string {
	text := make([]byte, n)
	for i := range text {
		text[i] = alphabet[random.IntN(len(alphabet))]
	}
	return string(text)
}

// ec2ID is an ID as EC2 makes them up, such as vpc-0123456789abcdef0.
func (c *call) ec2ID(prefix string) string {
	const length = 17
	return prefix + "-" + draw(c.random, length, hexits)
}

// uuid is an ID in the form of a UUID of version 4.
func (c *call) uuid() string {
	h := draw(c.random, 32, hexits)
	return h[:8] + "-" + h[8:12] + "-4" + h[13:16] + "-8" + h[17:20] + "-" + h[20:]
}

// arn is the ARN of one of the account's resources in the resource's Region.
func (c *call) arn(service, resource string) string {
	return fmt.Sprintf("arn:%s:%s:%s:%s:%s", c.Partition(), service, c.Region, c.Account, resource)
}

// regional is the name of something that is unique in the resource's Region.
func (c *call) regional(name string) string { return c.Region + "/" + name }

// attributes are what Fn::GetAtt gives.
type attributes map[string]any

// physical is a resource that exists.
func physical(ref string, a attributes) (cloudformation.Physical, error) {
	return cloudformation.Physical{Ref: ref, Attributes: a}, nil
}

// failf is a resource that AWS refuses.
func failf(format string, args ...any) (cloudformation.Physical, error) {
	return cloudformation.Physical{}, fmt.Errorf(format, args...)
}

// scalar is a text of a template, which may be written as a number or a truth value.
type scalar string

// UnmarshalJSON reads "text", 10 and true.
func (s *scalar) UnmarshalJSON(data []byte) error {
	var v any
	if err := json.Unmarshal(data, &v); err != nil {
		return err
	}
	switch v := v.(type) {
	case string:
		*s = scalar(v)
	case float64, bool:
		*s = scalar(data)
	default:
		return fmt.Errorf("%s is not a text", data)
	}
	return nil
}

// sorted iterates over m in the order of its keys.
func sorted[V any](m map[string]V) iter.Seq2[string, V] {
	return func(yield func(string, V) bool) {
		for _, key := range slices.Sorted(maps.Keys(m)) {
			if !yield(key, m[key]) {
				return
			}
		}
	}
}
