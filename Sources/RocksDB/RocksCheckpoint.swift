internal import CRocksDB

extension RocksDatabase {
    /// Makes a copy of the database as it is now in `destination`, which must not exist; files are linked, not copied,
    /// where the file system allows.
    public func checkpoint(to destination: String) throws(RocksError) {
        guard isOpen else { throw RocksError.closed(operation: "copy", path: path) }
        try withPointer { pointer throws(RocksError) in
            var message: UnsafeMutablePointer<CChar>?
            let checkpoint = rocksdb_checkpoint_object_create(pointer, &message)
            if let error = error("copy", message) { throw error }
            defer { rocksdb_checkpoint_object_destroy(checkpoint) }
            rocksdb_checkpoint_create(checkpoint, destination, 0, &message)
            if let error = error("copy", message) { throw error }
        }
    }
}
