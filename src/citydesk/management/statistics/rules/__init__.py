"""What statistics reckons without a database: periods, conditions, SQL texts, small cells, judgements."""
