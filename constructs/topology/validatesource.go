package topology

import (
	"errors"
	"fmt"
	"net/netip"
	"regexp"
	"strings"
)

var (
	connectionArn = regexp.MustCompile(`^arn:aws:(codeconnections|codestar-connections):[a-z0-9-]+:[0-9]{12}:connection/[A-Za-z0-9-]+$`)
	repository    = regexp.MustCompile(`^[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)+$`)
	bucketName    = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`)
	branchPart    = regexp.MustCompile(`^[^\x00-\x20\x7f~^:?*\[\\.][^\x00-\x20\x7f~^:?*\[\\]*$`)
)

func (c Config) validateSource() error {
	var errs []error
	switch c.Source {
	case CodeCommit:
	case Connection:
		if !connectionArn.MatchString(c.ConnectionArn) {
			errs = append(errs, fmt.Errorf("connectionArn must be the ARN of a connection when source is %q, got %q", Connection, c.ConnectionArn))
		}
		if !repository.MatchString(c.Repository) {
			errs = append(errs, fmt.Errorf("repository must be owner/name when source is %q, got %q", Connection, c.Repository))
		}
	case S3:
		if !isBucketName(c.SourceBucket) {
			errs = append(errs, fmt.Errorf("sourceBucket must be a bucket's name when source is %q, got %q", S3, c.SourceBucket))
		}
		if c.SourceKey == "" {
			errs = append(errs, fmt.Errorf("sourceKey must not be empty when source is %q", S3))
		}
	default:
		errs = append(errs, fmt.Errorf("source must be %q, %q or %q, got %q", CodeCommit, Connection, S3, c.Source))
	}
	if c.Source != S3 && !isBranchName(c.Branch) {
		errs = append(errs, fmt.Errorf("branch must be a name that git accepts, got %q; see git check-ref-format", c.Branch))
	}
	return errors.Join(errs...)
}

// isBucketName follows the naming rules for general purpose buckets in the Amazon S3 User Guide.
func isBucketName(name string) bool {
	_, err := netip.ParseAddr(name)
	return bucketName.MatchString(name) && !strings.Contains(name, "..") && err != nil
}

// isBranchName follows git check-ref-format --branch.
func isBranchName(name string) bool {
	if name == "HEAD" || strings.HasPrefix(name, "-") || strings.HasSuffix(name, ".") ||
		strings.Contains(name, "..") || strings.Contains(name, "@{") {
		return false
	}
	for part := range strings.SplitSeq(name, "/") {
		if !branchPart.MatchString(part) || strings.HasSuffix(part, ".lock") {
			return false
		}
	}
	return true
}
