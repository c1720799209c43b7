"""Tables of positions as vessel monitoring systems 船位监控系统 write them: columns and values."""
