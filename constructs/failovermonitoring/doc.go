// Package failovermonitoring defines what people look at before they trust a failover, and what wakes them: alarms and a dashboard,
// in one Region, of an application that runs in one Region and stands by in another.
//
// [New] defines, in each of the two Regions:
//
//	what                    from                                              alarm, if it lasts for
//	lag of the database     RDS: AuroraGlobalDBRPOLag and ...ReplicationLag   above MaxLagSeconds, 5 minutes
//	errors of the API       API Gateway: 5XXError                             MaxServerErrors in 5 minutes
//	who is active           function: Active, Writer                          active and not the writer, 10 minutes
//	writes are refused      function: Fenced                                  MaxFenceMinutes
//	the edge answers        function: EdgeAnswers                             5 minutes without an answer, or without a figure
//	last drill              function: DrillSucceeded, DaysSinceDrill          failed; older than MaxDaysSinceDrill, if that is set
//
// What AWS has no metric for is measured once a minute by a function of its own, which asks through the edge what clients ask. It
// writes its metrics into its log, in the embedded metric format, so it needs no permission for that. Reading the key-value store
// instead would cost a billed call each time, and would not show what clients get.
//
// Figures that are missing raise no alarm, other than that of the edge: a Region that stands by has no lag of its own to report when
// it is the writer, and a Region without a drill has no last one.
//
// The function can do nothing but read: the topology, the global database's state, and how the last drill ended.
package failovermonitoring
