package operator

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/warmstandby/warmstandby/constructs/topology"
	"github.com/warmstandby/warmstandby/internal/failover/awsclients"
	"github.com/warmstandby/warmstandby/internal/failover/rebuild"
	"github.com/warmstandby/warmstandby/internal/failover/runstore"
)

// recipes keep what a cluster was like that a rebuild deletes: in a file, and in the report bucket of the Region that writes, so that
// somebody else can go on from another machine.
type recipes struct {
	directory string
	bucket    string
	s3        runstore.S3
	warn      func(error)
}

// recipes are those of an application whose writer is a home role's.
func (m *move) recipes(writer topology.Role) *recipes {
	site := m.site(writer)
	return &recipes{
		directory: filepath.Join(m.Directory, filepath.Base(m.Document.Application), "clusters"), bucket: site.ReportBucket, s3: m.s3(site.Region),
		warn: func(err error) {
			fmt.Fprintf(m.Err, "warmstandby: what the cluster is like is only in %s: %s\n", m.Directory, oneLine(err.Error()))
		},
	}
}

// s3 is the client of a Region. An endpoint that is configured has no host name for each bucket.
func (o *Operator) s3(region string) *s3.Client {
	cfg := awsclients.In(o.Config, region)
	return s3.NewFromConfig(cfg, func(options *s3.Options) {
		options.UsePathStyle = options.BaseEndpoint != nil
		options.DisableLogOutputChecksumValidationSkipped = true // it would stand between the command's own lines
	})
}

// name is the name of a cluster's recipe.
func (r *recipes) name(arn string) string { return arn[strings.LastIndexByte(arn, ':')+1:] + ".json" }

func (r *recipes) key(arn string) string { return "clusters/" + r.name(arn) }

// Load reads the recipe of a cluster; nil if there is none.
func (r *recipes) Load(ctx context.Context, arn string) (*rebuild.Recipe, error) {
	data, err := os.ReadFile(filepath.Join(r.directory, r.name(arn)))
	if errors.Is(err, os.ErrNotExist) {
		data, err = r.download(ctx, arn)
	}
	if err != nil || data == nil {
		return nil, err
	}
	var recipe rebuild.Recipe
	if err := json.Unmarshal(data, &recipe); err != nil {
		return nil, fmt.Errorf("%s: %w", r.name(arn), err)
	}
	if recipe.ClusterArn != arn {
		return nil, fmt.Errorf("%s is about %q, want %s", r.name(arn), recipe.ClusterArn, arn)
	}
	return &recipe, nil
}

// download reads a recipe from the bucket. That it cannot be read does not mean that there is none.
func (r *recipes) download(ctx context.Context, arn string) ([]byte, error) {
	key := r.key(arn)
	out, err := r.s3.GetObject(ctx, &s3.GetObjectInput{Bucket: &r.bucket, Key: &key})
	var noKey *types.NoSuchKey
	var noBucket *types.NoSuchBucket
	switch {
	case errors.As(err, &noKey), errors.As(err, &noBucket):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("get s3://%s/%s: %w", r.bucket, key, err)
	}
	defer out.Body.Close()
	return io.ReadAll(io.LimitReader(out.Body, maxLine))
}

// Save writes a recipe. The file must be written; the bucket is for others.
func (r *recipes) Save(ctx context.Context, recipe rebuild.Recipe) error {
	data, err := json.MarshalIndent(recipe, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(r.directory, 0o700); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(r.directory, r.name(recipe.ClusterArn)), append(data, '\n'), 0o600); err != nil {
		return err
	}
	key := r.key(recipe.ClusterArn)
	if _, err := r.s3.PutObject(ctx, &s3.PutObjectInput{Bucket: &r.bucket, Key: &key, Body: bytes.NewReader(data)}); err != nil {
		r.warn(err)
	}
	return nil
}
