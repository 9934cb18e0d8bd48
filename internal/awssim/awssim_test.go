package awssim_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/warmstandby/warmstandby/internal/awssim"
	"github.com/warmstandby/warmstandby/internal/awssim/iam"
)

var noon = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

// deploy runs f on a new cloud whose clock stands still.
func deploy(f func(*awssim.State)) *awssim.Cloud {
	c := awssim.New(awssim.Options{Account: "123456789012", Seed: 7, Clock: func() time.Time { return noon }})
	c.Do(f)
	return c
}

func equal[T any](t *testing.T, what string, got, want T) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s: %s", what, diff)
	}
}

func TestTheSameSeedGivesTheSameState(t *testing.T) {
	ids := func(seed uint64) (ids string) {
		c := awssim.New(awssim.Options{Account: "123456789012", Seed: seed, Clock: func() time.Time { return noon }})
		c.Do(func(s *awssim.State) {
			r := s.Region("us-east-1")
			_, key := s.CreateUser(awssim.User{Name: "u"})
			ids = fmt.Sprint(r.CreateDBProxy(awssim.DBProxy{Name: "p"}), r.PutSecret(awssim.Secret{Name: "s"}), key, s.CreateDistribution(awssim.Distribution{}))
		})
		return ids + c.NewRequestID()
	}
	equal(t, "state", ids(1), ids(1))
	if ids(1) == ids(2) {
		t.Error("two seeds give the same state")
	}
}

func TestRegionsAreApart(t *testing.T) {
	deploy(func(s *awssim.State) {
		s.Region("us-east-1").PutParameter(awssim.Parameter{Name: "a", Value: "1"})
		equal(t, "there", s.Region("us-east-1").Parameters.Len(), 1)
		equal(t, "elsewhere", s.Region("us-east-2").Parameters.Len(), 0)
		equal(t, "name", s.Region("us-east-2").Name(), "us-east-2")
	})
}

func TestTable(t *testing.T) {
	var table awssim.Table[int]
	equal(t, "delete what is not there", table.Delete("a"), false)
	for i, key := range []string{"c", "a", "b"} {
		table.Put(key, i)
	}
	equal(t, "values", table.Values(), []int{1, 2, 0})
	for key := range table.All() {
		equal(t, "first", key, "a")
		break
	}
	equal(t, "delete", table.Delete("a"), true)
	_, ok := table.Get("a")
	equal(t, "get", ok, false)
}

func TestCredentials(t *testing.T) {
	policy := func(name string) *iam.Policy {
		p, err := iam.Parse(iam.Identity, name, map[string]any{"Statement": map[string]any{"Effect": "Allow", "Action": "*", "Resource": "*"}})
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	one, two, other := policy("one"), policy("one"), policy("two")
	deploy(func(s *awssim.State) {
		role := s.CreateRole(awssim.Role{Name: "fn", Policies: []*iam.Policy{one}})
		equal(t, "ARN", role.ARN, "arn:aws:iam::123456789012:role/fn")
		c, ok := s.AssumeRole(role.ARN, "s", time.Hour)
		equal(t, "assumed", ok, true)
		equal(t, "expires", c.Expires, noon.Add(time.Hour))
		equal(t, "user id", c.UserID, role.ID+":s")
		found, ok := s.Credentials(c.AccessKeyID)
		equal(t, "known", ok && found == c, true)
		equal(t, "role", s.RoleARN(c), role.ARN)

		// Policies that are attached later count at once; one of the same name is replaced.
		equal(t, "attached", s.AttachPolicy("fn", two) && s.AttachPolicy("fn", other), true)
		got := s.Policies(c)
		equal(t, "policies", len(got) == 2 && got[0] == two && got[1] == other, true)

		_, ok = s.AssumeRole("none", "s", time.Hour)
		equal(t, "no role", ok || s.AttachPolicy("none", one), false)
		user, key := s.CreateUser(awssim.User{Name: "op", Policies: []*iam.Policy{one}})
		equal(t, "user's policies", s.Policies(key)[0] == one, true)
		equal(t, "user", key.ARN, user.ARN)
		equal(t, "no role", s.RoleARN(key), "")
	})
}

func TestGlobalDatabase(t *testing.T) {
	deploy(func(s *awssim.State) {
		s.CreateGlobalCluster(awssim.GlobalCluster{Identifier: "G"})
		var arns []string
		for _, region := range []string{"us-east-1", "us-east-2", "eu-west-1"} {
			c := s.Region(region).CreateDBCluster(awssim.DBCluster{Identifier: "C", GlobalCluster: "G", Engine: "aurora-mysql"})
			arns = append(arns, c.ARN)
		}
		g, _ := s.GlobalClusters.Get("g")
		equal(t, "writer", g.Writer(), arns[0])
		equal(t, "members", g.Members, []awssim.GlobalClusterMember{
			{DBClusterARN: arns[0], IsWriter: true, Readers: arns[1:], SynchronizationStatus: "connected"},
			{DBClusterARN: arns[1], SynchronizationStatus: "connected", WriteForwardingStatus: "disabled"},
			{DBClusterARN: arns[2], SynchronizationStatus: "connected", WriteForwardingStatus: "disabled"},
		})
		equal(t, "no writer", awssim.GlobalCluster{}.Writer(), "")
	})
}

func TestTargetsFollowTheCluster(t *testing.T) {
	deploy(func(s *awssim.State) {
		r := s.Region("us-east-1")
		r.CreateDBProxy(awssim.DBProxy{Name: "P"})
		_, ok := r.CreateTargetGroup("p", "c", awssim.ConnectionPool{})
		equal(t, "without the cluster", ok, false)
		r.CreateDBCluster(awssim.DBCluster{Identifier: "c", Port: 3306})
		g, ok := r.CreateTargetGroup("p", "c", awssim.ConnectionPool{})
		equal(t, "group", ok, true)
		equal(t, "targets", r.Targets(g), []awssim.Target{{ResourceID: "c", Port: 3306, Type: "TRACKED_CLUSTER"}})
		r.CreateDBInstance(awssim.DBInstance{Identifier: "i", Cluster: "c"})
		targets := r.Targets(g)
		equal(t, "role", targets[1].Role, "READ_WRITE")
		r.DBClusters.Delete("c")
		equal(t, "targets of a cluster that is gone", len(r.Targets(g)), 1)
	})
}

func TestFunctions(t *testing.T) {
	deploy(func(s *awssim.State) {
		r := s.Region("us-east-1")
		f := r.CreateFunction(awssim.Function{Name: "f"})
		equal(t, "date", f.LastModified, noon)
		version, _ := r.PublishVersion("f")
		r.PutAlias("f", awssim.Alias{Name: "live", Version: "0"})
		equal(t, "alias", r.PutAlias("f", awssim.Alias{Name: "live", Version: version}), true)
		for name, want := range map[string]string{"f": "$LATEST", "f:$LATEST": "$LATEST", "f:1": "1", f.ARN + ":live": "1"} {
			_, version, ok := r.FindFunction(name, "")
			equal(t, name, fmt.Sprint(version, ok), want+"true")
		}
		_, version, _ = r.FindFunction("f:1", "$LATEST")
		equal(t, "the qualifier wins", version, "$LATEST")
		for _, name := range []string{"g", "f:2", strings.Replace(f.ARN, "us-east-1", "us-east-2", 1)} {
			_, _, ok := r.FindFunction(name, "")
			equal(t, name, ok, false)
		}
		_, ok := r.PublishVersion("g")
		equal(t, "no function", ok || r.PutAlias("g", awssim.Alias{}) || r.SetFunctionPolicy("g", nil), false)
		equal(t, "ARN", r.FunctionARN("f", "live"), f.ARN+":live")
	})
}

func TestUpdateKeys(t *testing.T) {
	deploy(func(s *awssim.State) {
		items := map[string]string{"a": "1"}
		k := s.CreateKeyValueStore(awssim.KeyValueStore{Name: "edge", Items: items})
		items["b"] = "not seen"
		changed, err := s.UpdateKeys(k.ARN, k.ETag, map[string]string{"c": "3"}, []string{"a"})
		equal(t, "error", err, nil)
		equal(t, "items", changed.Items, map[string]string{"c": "3"})
		equal(t, "what was read before", k.Items, map[string]string{"a": "1"})
		for want, err := range map[error]error{
			awssim.ErrStoreVersion: second(s.UpdateKeys(k.ARN, k.ETag, map[string]string{"d": ""}, nil)),
			awssim.ErrNoKey:        second(s.UpdateKeys(k.ARN, changed.ETag, nil, []string{"a"})),
			awssim.ErrStoreInput:   second(s.UpdateKeys(k.ARN, changed.ETag, map[string]string{"": ""}, nil)),
		} {
			equal(t, want.Error(), errors.Is(err, want), true)
		}
		if _, err := s.UpdateKeys("none", "", nil, nil); err == nil {
			t.Error("a store that is not there was changed")
		}
		now, _ := s.KeyValueStores.Get(k.ARN)
		equal(t, "unchanged by what failed", now.ETag, changed.ETag)
	})
}

func second[A, B any](_ A, b B) B { return b }

func TestMetricPoints(t *testing.T) {
	id := awssim.MetricID{Namespace: "N", Name: "M", Dimensions: []awssim.Dimension{{Name: "a", Value: "1"}, {Name: "b", Value: "2"}}}
	turned := awssim.MetricID{Namespace: "N", Name: "M", Dimensions: []awssim.Dimension{{Name: "b", Value: "2"}, {Name: "a", Value: "1"}}}
	deploy(func(s *awssim.State) {
		r := s.Region("us-east-1")
		for i := range 10 {
			r.PutMetricData(id, awssim.Datum{Time: noon.Add(time.Duration(i) * time.Second), Values: []awssim.Sample{{Value: float64(i + 1), Count: 1}}})
		}
		r.PutMetric(turned, 100, "Seconds")
		points := r.Metric(turned).Points(noon.Add(3*time.Second), noon.Add(time.Hour), 5*time.Second, "None")
		equal(t, "points", len(points), 2)
		equal(t, "start", points[1].Start, noon.Add(5*time.Second))
		equal(t, "summary", points[1].Summary, awssim.Summary{Count: 5, Sum: 40, Min: 6, Max: 10})
		equal(t, "average", points[0].Average(), 3.0)
		for q, want := range map[float64]float64{0: 6, 20: 6, 50: 8, 90: 10, 100: 10} {
			got, ok := points[1].Percentile(q)
			equal(t, fmt.Sprint("p", q), fmt.Sprint(got, ok), fmt.Sprint(want, true))
		}
		equal(t, "unit", r.Metric(id).Points(noon, noon.Add(time.Second), time.Second, "Seconds")[0].Max, 100.0)
		r.PutMetricData(id, awssim.Datum{Time: noon, Summary: &awssim.Summary{Count: 1, Sum: 1, Min: 1, Max: 1}})
		_, ok := r.Metric(id).Points(noon, noon.Add(time.Second), time.Second, "")[0].Percentile(50)
		equal(t, "percentile of a summary", ok, false)
	})
}

func TestWhatIsNotThere(t *testing.T) {
	deploy(func(s *awssim.State) {
		r := s.Region("us-east-1")
		_, client := r.CreateUserPoolClient("none", awssim.UserPoolClient{}, true)
		_, message := r.Publish("none", awssim.Message{})
		_, object := s.PutObject("none", awssim.Object{})
		_, stack := r.FindStack("none")
		_, secret := r.FindSecret("arn:none")
		equal(t, "found", client || message || object || stack || secret, false)
		equal(t, "secret", r.SecretARN("none"), "arn:aws:secretsmanager:us-east-1:123456789012:secret:none-??????")
		equal(t, "secret", r.SecretARN("arn:x"), "arn:x")
		equal(t, "stack", r.StackARN("none"), "arn:aws:cloudformation:us-east-1:123456789012:stack/none/*")
	})
}

func TestObjects(t *testing.T) {
	deploy(func(s *awssim.State) {
		b := s.CreateBucket(awssim.Bucket{Name: "b"})
		equal(t, "ARN", b.ARN(), "arn:aws:s3:::b")
		o, _ := s.PutObject("b", awssim.Object{Key: "k", Body: []byte("hello")})
		equal(t, "ETag", o.ETag, `"5d41402abc4b2a76b9719d911017c592"`)
	})
}
