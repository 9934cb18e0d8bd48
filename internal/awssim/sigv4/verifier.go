package sigv4

import (
	"crypto/ecdsa"
	"encoding/hex"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/warmstandby/warmstandby/internal/awssim/iam"
)

// Credentials are what is known about an access key.
type Credentials struct {
	// SecretAccessKey is the secret that requests are signed with.
	SecretAccessKey string

	// SessionToken must come with each request. Empty for a long-term access key, whose requests must have none.
	SessionToken string

	// Expires is when the session ends. The zero time is never.
	Expires time.Time

	// Principal is whose access key it is.
	Principal iam.Principal
}

// Verifier verifies requests. Its fields must not change once it is in use; then it can be used by many goroutines.
type Verifier struct {
	// Lookup finds the credentials of an access key; false means that there is none. It must be safe for concurrent use.
	Lookup func(accessKeyID string) (Credentials, bool)

	// Now is the clock.
	Now func() time.Time

	// Regions are the Regions that exist. A request must be signed for one of them. Empty: any.
	Regions []string

	// MaxBody is how many bytes of a body are read at most. 0 is [DefaultMaxBody].
	MaxBody int64
}

// DefaultMaxBody is 64 MiB.
const DefaultMaxBody = 64 << 20

// Identity is what a good signature says.
type Identity struct {
	// Principal and AccessKeyID are the signer's.
	Principal   iam.Principal
	AccessKeyID string

	// Service is the service that the request is signed for, as the credential scope spells it: rds, s3, ssm, monitoring.
	Service string

	// Regions has the Region of the credential scope, or the Region set of a request signed with Version 4A, which may have
	// wildcards such as "*" and "us-*".
	Regions []string

	// SignedHeaders are the names of the signed headers, in lower case and sorted.
	SignedHeaders []string

	// Presigned is true if the signature is in the query.
	Presigned bool
}

// In reports whether the request is signed for a Region.
func (i Identity) In(region string) bool {
	return slices.ContainsFunc(i.Regions, func(pattern string) bool { return covers(pattern, region) })
}

// covers reports whether a member of a Region set, which may have one * at its end, is or includes a Region.
func covers(pattern, region string) bool {
	if prefix, ok := strings.CutSuffix(pattern, "*"); ok {
		return strings.HasPrefix(region, prefix)
	}
	return pattern == region
}

// Verify verifies a request as it came in through a server. Every error is an *[Error].
//
// The body is read in the course of it, and if all is well replaced by the payload that was signed: without the aws-chunked encoding, for
// which Content-Encoding and ContentLength are set right too, and with what came after it in Trailer.
func (v *Verifier) Verify(r *http.Request) (Identity, error) {
	a, err := parse(r)
	if err != nil {
		return Identity{}, err
	}
	if err := v.checkScope(a); err != nil {
		return Identity{}, err
	}
	if err := a.checkTime(v.Now()); err != nil {
		return Identity{}, err
	}
	credentials, err := v.credentials(a)
	if err != nil {
		return Identity{}, err
	}
	if err := a.checkHeaders(r.Header); err != nil {
		return Identity{}, err
	}
	if err := v.checkRequest(a, credentials, r); err != nil {
		return Identity{}, err
	}
	return Identity{
		Principal: credentials.Principal, AccessKeyID: a.accessKeyID, Service: a.service, Regions: a.regions,
		SignedHeaders: a.signedHeaders, Presigned: a.presigned,
	}, nil
}

// checkScope checks the credential scope, and reports everything that is wrong with it.
func (v *Verifier) checkScope(a *authorization) error {
	var wrong []string
	if len(v.Regions) > 0 && !slices.ContainsFunc(v.Regions, Identity{Regions: a.regions}.In) {
		wrong = append(wrong, "Credential should be scoped to a valid region, not '"+strings.Join(a.regions, ",")+"'.")
	}
	if a.service == "" {
		wrong = append(wrong, "Credential should be scoped to correct service.")
	}
	if a.end != terminator {
		wrong = append(wrong, "Credential should be scoped with a valid terminator: 'aws4_request', not '"+a.end+"'.")
	}
	if day := a.stamp[:8]; a.date != day {
		wrong = append(wrong, "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '"+
			a.date+"' != '"+day+"', from '"+a.stamp+"'.")
	}
	if wrong != nil {
		return a.fail(WrongScope, "%s", strings.Join(wrong, " "))
	}
	return nil
}

// How far a time stamp may be from the clock.
const (
	skew          = 5 * time.Minute
	s3Skew        = 15 * time.Minute
	presignedSkew = 15 * time.Minute
)

// checkTime checks the time stamp.
func (a *authorization) checkTime(now time.Time) error {
	now = now.UTC()
	before, after := skew, skew
	switch {
	case a.presigned:
		before, after = presignedSkew, a.expires
	case a.service == s3Service:
		before, after = s3Skew, s3Skew
	}
	stamp := func(t time.Time) string { return t.Format(stampForm) }
	if a.time.Add(after).Before(now) {
		return a.fail(Expired, "Signature expired: %s is now earlier than %s (%s - %d min.)",
			a.stamp, stamp(now.Add(-after)), stamp(now), int(after.Minutes()))
	}
	if a.time.Add(-before).After(now) {
		return a.fail(NotYetCurrent, "Signature not yet current: %s is still later than %s (%s + %d min.)",
			a.stamp, stamp(now.Add(before)), stamp(now), int(before.Minutes()))
	}
	return nil
}

// credentials looks the access key up and checks its session.
func (v *Verifier) credentials(a *authorization) (Credentials, error) {
	c, ok := v.Lookup(a.accessKeyID)
	switch {
	case !ok:
		return c, a.fail(UnknownKey, "")
	case !equal(c.SessionToken, a.token):
		return c, a.fail(InvalidToken, "")
	case !c.Expires.IsZero() && !v.Now().Before(c.Expires):
		return c, a.fail(ExpiredToken, "")
	}
	return c, nil
}

// checkHeaders checks that S3's own headers are signed.
func (a *authorization) checkHeaders(header http.Header) error {
	if a.service != s3Service {
		return nil
	}
	for name := range header {
		if name = strings.ToLower(name); strings.HasPrefix(name, "x-amz-") && !a.signs(name) {
			return a.fail(UnsignedHeaders, "")
		}
	}
	return nil
}

// checkRequest checks the signature and the payload.
func (v *Verifier) checkRequest(a *authorization, c Credentials, r *http.Request) error {
	body, err := v.read(a, r)
	if err != nil {
		return err
	}
	declared := a.payload(r)
	signed := declared
	if declared == "" {
		signed = hash(body)
	}
	if err := a.checkSignature(c, a.canonical(r, signed)); err != nil {
		return err
	}
	return a.unpack(c, r, declared, body)
}

// checkSignature checks the signature of a canonical request.
func (a *authorization) checkSignature(c Credentials, canonical string) error {
	text := strings.Join([]string{a.algorithm, a.stamp, a.scope, hash([]byte(canonical))}, "\n")
	good := false
	if a.algorithm == hmacAlgorithm {
		good = equal(hex.EncodeToString(mac(a.key(c), text)), a.signature)
	} else if key, err := verificationKey(a.accessKeyID, c.SecretAccessKey); err == nil {
		signature, _ := hex.DecodeString(a.signature)
		sum, _ := hex.DecodeString(hash([]byte(text)))
		good = ecdsa.VerifyASN1(key, sum, signature)
	}
	if !good {
		return a.fail(Mismatch, "")
	}
	return nil
}

// key is the signing key of Version 4.
func (a *authorization) key(c Credentials) []byte {
	return signingKey(c.SecretAccessKey, a.date, a.regions[0], a.service)
}
