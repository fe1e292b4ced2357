import Records

extension StateStore {
    /// Takes the records of changelog batches, in order; control batches are passed over. Errors: the store's, and
    /// those of batches that cannot be read.
    ///
    /// Records before the store's ``committedOffset`` are in it already; taking them again is harmless.
    public func restore(_ batches: some Sequence<RecordBatch>) throws {
        for batch in batches where !batch.isControl {
            try batch.forEachRecord { record in
                // A changelog has keys; what somebody else wrote there without one means nothing to a store.
                guard let key = record.keyBytes else { return }
                try restore(key: key, value: record.valueBytes, timestamp: record.timestamp, offset: record.offset)
            }
        }
    }
}
