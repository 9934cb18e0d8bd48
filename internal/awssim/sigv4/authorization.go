package sigv4

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The algorithms.
const (
	hmacAlgorithm  = "AWS4-HMAC-SHA256"
	ecdsaAlgorithm = "AWS4-ECDSA-P256-SHA256"
)

const (
	s3Service  = "s3"
	terminator = "aws4_request"
	stampForm  = "20060102T150405Z"
)

// authorization is the signature that a request carries, and what it says about itself.
type authorization struct {
	algorithm     string
	accessKeyID   string
	scope         string // date/region/service/aws4_request, without the region in Version 4A
	date          string
	service       string
	regions       []string
	end           string // of the scope
	signedHeaders []string
	signature     string
	token         string
	stamp         string
	time          time.Time
	presigned     bool
	expires       time.Duration // of a presigned request
}

// fail makes an error about the request.
func (a *authorization) fail(f Fault, format string, args ...any) *Error {
	return &Error{Fault: f, Detail: fmt.Sprintf(format, args...), Service: a.service}
}

// parse reads the signature of a request from its header or its query.
func parse(r *http.Request) (*authorization, error) {
	headers := r.Header.Values("Authorization")
	query := r.URL.Query()
	presigned := query.Has("X-Amz-Algorithm") || query.Has("X-Amz-Signature")
	a := &authorization{presigned: presigned}
	switch {
	case len(headers) == 0 && !presigned:
		return nil, a.fail(Unsigned, "")
	case len(headers) > 1 || len(headers) == 1 && presigned:
		return nil, a.fail(Incomplete, "Only one auth mechanism allowed")
	case presigned:
		return a, a.fromQuery(query)
	}
	return a, a.fromHeader(headers[0], r.Header)
}

// fromHeader reads the Authorization header and those that belong to it.
func (a *authorization) fromHeader(value string, header http.Header) error {
	algorithm, rest, _ := strings.Cut(strings.TrimSpace(value), " ")
	fields := map[string]string{}
	for _, pair := range strings.FieldsFunc(rest, func(r rune) bool { return r == ',' || r == ' ' || r == '\t' }) {
		k, v, ok := strings.Cut(pair, "=")
		if !ok {
			return a.fail(Incomplete, "'%s' not a valid key=value pair (missing equal-sign) in Authorization header: '%s'.", pair, value)
		}
		if _, twice := fields[k]; twice {
			return a.fail(Incomplete, "Authorization header has more than one '%s' parameter.", k)
		}
		fields[k] = v
	}
	var missing []string
	for _, k := range []string{"Credential", "Signature", "SignedHeaders"} {
		if fields[k] == "" {
			missing = append(missing, fmt.Sprintf("Authorization header requires '%s' parameter.", k))
		}
	}
	stamp := header.Get("X-Amz-Date")
	if stamp == "" {
		missing = append(missing, "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.")
	}
	if missing != nil {
		return a.fail(Incomplete, "%s Authorization=%s", strings.Join(missing, " "), value)
	}
	a.signature, a.token = fields["Signature"], header.Get("X-Amz-Security-Token")
	return a.read(algorithm, fields["Credential"], fields["SignedHeaders"], stamp, header.Get("X-Amz-Region-Set"))
}

// fromQuery reads the parameters of a presigned request.
func (a *authorization) fromQuery(query url.Values) error {
	var missing []string
	for _, k := range []string{"X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Signature", "X-Amz-SignedHeaders", "X-Amz-Date"} {
		switch n := len(query[k]); {
		case n > 1:
			return a.fail(Incomplete, "AWS query-string has more than one '%s' parameter.", k)
		case query.Get(k) == "":
			missing = append(missing, fmt.Sprintf("AWS query-string parameters must include '%s'.", k))
		}
	}
	if missing != nil {
		return a.fail(Incomplete, "%s", strings.Join(missing, " "))
	}
	a.signature, a.token = query.Get("X-Amz-Signature"), query.Get("X-Amz-Security-Token")
	err := a.read(
		query.Get("X-Amz-Algorithm"), query.Get("X-Amz-Credential"), query.Get("X-Amz-SignedHeaders"), query.Get("X-Amz-Date"),
		query.Get("X-Amz-Region-Set"),
	)
	if err != nil {
		return err
	}
	return a.readExpires(query)
}

// The lifetimes of presigned requests: see "Authenticating Requests: Using Query Parameters" in the S3 API reference.
const (
	defaultExpires = 15 * time.Minute
	maxExpires     = 7 * 24 * time.Hour
)

func (a *authorization) readExpires(query url.Values) error {
	a.expires = defaultExpires
	if !query.Has("X-Amz-Expires") {
		if a.service == s3Service {
			return a.fail(Incomplete, "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, "+
				"X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.")
		}
		return nil
	}
	seconds, err := strconv.Atoi(query.Get("X-Amz-Expires"))
	if err != nil {
		return a.fail(Incomplete, "X-Amz-Expires should be a number")
	}
	if seconds < 0 {
		return a.fail(Incomplete, "X-Amz-Expires must be non-negative")
	}
	if seconds > int(maxExpires/time.Second) {
		return a.fail(Incomplete, "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be "+
			"less than %d seconds", maxExpires/time.Second)
	}
	a.expires = time.Duration(seconds) * time.Second
	return nil
}

// read takes the parts that both forms have.
func (a *authorization) read(algorithm, credential, signedHeaders, stamp, regionSet string) error {
	a.algorithm = algorithm
	parts := strings.Split(credential, "/")
	switch {
	case algorithm == hmacAlgorithm && len(parts) == 5:
		a.date, a.regions, a.service, a.end = parts[1], parts[2:3], parts[3], parts[4]
	case algorithm == hmacAlgorithm:
		return a.fail(Incomplete, "Credential must have exactly 5 slash-delimited elements, "+
			"e.g. keyid/date/region/service/term, got '%s'", credential)
	case algorithm == ecdsaAlgorithm && len(parts) == 4:
		a.date, a.service, a.end = parts[1], parts[2], parts[3]
		a.regions = strings.FieldsFunc(regionSet, func(r rune) bool { return r == ',' || r == ' ' })
	case algorithm == ecdsaAlgorithm:
		return a.fail(Incomplete, "Credential must have exactly 4 slash-delimited elements, "+
			"e.g. keyid/date/service/term, got '%s'", credential)
	default:
		return a.fail(Incomplete, "Unsupported AWS 'algorithm': '%s'.", algorithm)
	}
	a.accessKeyID = parts[0]
	a.scope = strings.Join(parts[1:], "/")
	if err := a.readHeaders(signedHeaders); err != nil {
		return err
	}
	return a.readTime(stamp)
}

// readHeaders reads the names of the signed headers, which must be in lower case, sorted and with host.
func (a *authorization) readHeaders(list string) error {
	a.signedHeaders = strings.Split(list, ";")
	// Two that are equal count as out of order.
	ascending := slices.IsSortedFunc(a.signedHeaders, func(x, y string) int { return cmp.Or(strings.Compare(x, y), -1) })
	if list != strings.ToLower(list) || !ascending {
		return a.fail(Incomplete, "SignedHeaders must be in lower case, sorted and without duplicates, got '%s'.", list)
	}
	if !a.signs("host") {
		return a.fail(Incomplete, "'Host' must be a 'SignedHeader' in the AWS Authorization.")
	}
	if a.algorithm == ecdsaAlgorithm && (len(a.regions) == 0 || !a.presigned && !a.signs("x-amz-region-set")) {
		return a.fail(Incomplete, "'X-Amz-Region-Set' must be given and signed.")
	}
	return nil
}

// signs reports whether a header, in lower case, is signed.
func (a *authorization) signs(header string) bool {
	return slices.Contains(a.signedHeaders, header)
}

// readTime reads the time stamp.
func (a *authorization) readTime(stamp string) (err error) {
	if a.time, err = time.Parse(stampForm, stamp); err != nil {
		return a.fail(Incomplete, "Date must be in ISO-8601 'basic format'. Got '%s'. See http://en.wikipedia.org/wiki/ISO_8601", stamp)
	}
	a.stamp = stamp
	return nil
}
