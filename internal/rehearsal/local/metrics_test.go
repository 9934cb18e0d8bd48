package local

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/warmstandby/warmstandby/internal/awssim"
	"github.com/warmstandby/warmstandby/internal/awssim/iam"
	"github.com/warmstandby/warmstandby/internal/rehearsal/provision"
)

// What a function logs in the embedded metric format becomes metrics of its Region, and nothing else does.
func TestMetricsOfLogs(t *testing.T) {
	const stamp = 1767225600000
	line := func(members, dimensions, metrics string) string {
		return fmt.Sprintf(`us-east-2 shop-Status {"_aws": {"Timestamp": %d, "CloudWatchMetrics": [{"Namespace": "Shop", "Dimensions": %s, "Metrics": %s}]}, %s}`+"\n",
			int64(stamp), dimensions, metrics, members)
	}
	tests := map[string]struct {
		line string
		want []string
	}{
		"one":               {line(`"App": "x", "Active": 1`, `[["App"]]`, `[{"Name": "Active"}]`), []string{"Shop Active [{App x}] None [{1 1}]"}},
		"zero":              {line(`"App": "x", "Active": 0`, `[["App"]]`, `[{"Name": "Active"}]`), []string{"Shop Active [{App x}] None [{0 1}]"}},
		"a list":            {line(`"App": "x", "Wait": [1, 2.5]`, `[["App"]]`, `[{"Name": "Wait", "Unit": "Seconds"}]`), []string{"Shop Wait [{App x}] Seconds [{1 1} {2.5 1}]"}},
		"sets":              {line(`"App": "x", "Active": 1`, `[["App"], []]`, `[{"Name": "Active"}]`), []string{"Shop Active [] None [{1 1}]", "Shop Active [{App x}] None [{1 1}]"}},
		"without dimension": {line(`"Active": 1`, `[["App"]]`, `[{"Name": "Active"}]`), nil},
		"without value":     {line(`"App": "x"`, `[["App"]]`, `[{"Name": "Active"}]`), nil},
		"no number":         {line(`"App": "x", "Active": "yes"`, `[["App"]]`, `[{"Name": "Active"}]`), nil},
		"half a line":       {strings.TrimSuffix(line(`"App": "x", "Active": 1`, `[["App"]]`, `[{"Name": "Active"}]`), "}\n") + "\n", nil},
		"other":             {`us-east-2 shop-Status {"msg": "\"_aws\" {"}` + "\n", nil},
		"no object":         {"us-east-2 shop-Status panic: _aws\n", nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var log bytes.Buffer
			l := metricsLog{to: &log, cloud: awssim.New(awssim.Options{Account: "123456789012"}), region: "us-east-2"}
			if n, err := l.Write([]byte(tt.line)); n != len(tt.line) || err != nil || log.String() != tt.line {
				t.Errorf("%d, %v, logged %q", n, err, &log)
			}
			var got []string
			l.cloud.Do(func(s *awssim.State) {
				for _, m := range s.Region("us-east-2").Metrics.Values() {
					for _, d := range m.Data {
						if !d.Time.Equal(time.UnixMilli(stamp)) {
							t.Errorf("measured at %v", d.Time)
						}
						unit := "None"
						if d.Unit != "" {
							unit = d.Unit
						}
						got = append(got, fmt.Sprint(m.ID.Namespace, " ", m.ID.Name, " ", m.ID.Dimensions, " ", unit, " ", d.Values))
					}
				}
			})
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// Where Lambda may not write the log, there is none for CloudWatch to read.
func TestNoMetricsWithoutLog(t *testing.T) {
	s := &system{log: &logFile{}, cloud: awssim.New(awssim.Options{})}
	for action, want := range map[string]bool{"": true, "xray:PutTraceSegments": true, "logs:PutLogEvents": false} {
		f := &provision.Function{Region: "us-east-2"}
		if action != "" {
			f.Lacks = []error{&iam.Denied{Action: action}}
		}
		if _, got := s.functionLog(f).(metricsLog); got != want {
			t.Errorf("lacks %q: metrics %t, want %t", action, got, want)
		}
	}
}
