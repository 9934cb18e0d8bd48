package awssim

import "time"

// LagMetrics are the metrics that say how far a secondary cluster lags, in milliseconds: of namespace AWS/RDS, in the secondary's
// Region, with its identifier as DBClusterIdentifier (Aurora user guide, "Cluster-level metrics for Amazon Aurora"). Here all three
// are the same.
var LagMetrics = []string{"AuroraGlobalDBReplicationLag", "AuroraGlobalDBRPOLag", "AuroraGlobalDBProgressLag"}

// LagMetric names a metric of a cluster's lag.
func LagMetric(name, cluster string) MetricID {
	return MetricID{Namespace: "AWS/RDS", Name: name, Dimensions: []Dimension{{Name: "DBClusterIdentifier", Value: cluster}}}
}

// lagPeriod is how often lag is put; the metrics of RDS come by the minute (Aurora user guide, "Amazon CloudWatch metrics for
// Amazon Aurora").
const lagPeriod = time.Minute

// startReporting lets the cluster's lag be put, then and each minute from then on, as long as the cluster is there.
func (s *State) startReporting(arn string, at time.Time) {
	s.draws["report "+arn]++
	l := s.links[arn]
	l.reporting = s.draws["report "+arn]
	s.links[arn] = l
	s.plan(at, func(at time.Time) { s.reportLag(arn, l.reporting, at) })
}

// reportLag puts the cluster's lag once, and plans the next time.
func (s *State) reportLag(arn string, loop int, at time.Time) {
	c, ok := s.cluster(arn)
	if !ok || s.links[arn].reporting != loop {
		return
	}
	if lag, known := s.reportedLag(c, at); known {
		ms := float64(lag) / float64(time.Millisecond)
		for _, name := range LagMetrics {
			s.Region(regionOf(arn)).PutMetricData(LagMetric(name, c.Identifier), Datum{
				Time: at, Unit: "Milliseconds", Values: []Sample{{Value: ms, Count: 1}},
			})
		}
	}
	s.plan(at.Add(lagPeriod), func(at time.Time) { s.reportLag(arn, loop, at) })
}

// reportedLag is the cluster's lag as its Region knows it. A writer has none, nor has a cluster that is not connected, and a Region
// that is cut off reports nothing. What a secondary reports whose primary is cut off is not documented: it is assumed that either its
// lag grows or it reports nothing, by the seed, so that one has to be ready for both.
func (s *State) reportedLag(c DBCluster, at time.Time) (time.Duration, bool) {
	g, ok := s.GlobalClusters.Get(c.GlobalCluster)
	m, member := g.member(c.ARN)
	if !ok || !member || m.IsWriter || m.SynchronizationStatus != Connected || !s.reaches(c.ARN) {
		return 0, false
	}
	if !s.reaches(g.Writer()) && s.sourceOf("lag "+c.ARN, 0).IntN(2) == 0 {
		return 0, false
	}
	return at.Sub(s.replicated(s.links[c.ARN], at)), true
}
