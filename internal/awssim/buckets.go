package awssim

import (
	"crypto/md5" //nolint:gosec // S3's ETag is an MD5 sum
	"encoding/hex"
	"maps"
	"time"

	"github.com/warmstandby/warmstandby/internal/awssim/iam"
)

// Bucket is an S3 bucket with its objects, in memory, without earlier versions.
type Bucket struct {
	Name    string
	Region  string
	Created time.Time
	Policy  *iam.Policy // the resource policy; nil if there is none
	Objects map[string]Object
}

// Object is an object of a bucket.
type Object struct {
	Key          string
	Body         []byte
	ContentType  string
	ETag         string // the MD5 sum of the body, in double quotes
	LastModified time.Time
	Metadata     map[string]string
}

// ARN is the bucket's ARN.
func (b Bucket) ARN() string { return "arn:aws:s3:::" + b.Name }

// CreateBucket stores a bucket. It fills in the date.
func (s *State) CreateBucket(b Bucket) Bucket {
	b.Created = s.Now()
	s.Buckets.Put(b.Name, b)
	return b
}

// PutObject stores an object in place of one of the same key, and says whether the bucket exists. It fills in ETag and date.
func (s *State) PutObject(bucket string, o Object) (Object, bool) {
	b, ok := s.Buckets.Get(bucket)
	if !ok {
		return o, false
	}
	sum := md5.Sum(o.Body) //nolint:gosec // as above
	o.ETag = `"` + hex.EncodeToString(sum[:]) + `"`
	o.LastModified = s.Now()
	objects := maps.Clone(b.Objects)
	if objects == nil {
		objects = map[string]Object{}
	}
	objects[o.Key] = o
	b.Objects = objects
	s.Buckets.Put(bucket, b)
	return o, true
}
