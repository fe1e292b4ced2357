internal import CRocksDB

/// How a database is opened. The defaults suit many small stores on few cores, whose changes are rebuilt from a
/// changelog: no write-ahead log, universal compaction, no compression.
public struct RocksOptions: Sendable {
    /// Whether a database is made where there is none.
    public var createIfMissing = true
    /// Bytes of changes held in memory before they go to a file. A batch that is larger still goes into one buffer, and
    /// the next one finds an empty buffer: there a sorted batch costs a fifth of what it does among older changes.
    public var writeBufferBytes = 2 << 20
    /// How many such buffers may wait to be written before writers are held back.
    public var maxWriteBuffers = 4
    /// Bytes of a block, the unit of reading.
    public var blockBytes = 4096
    /// Shared by all databases that are opened with it; nil gives each its own of RocksDB's default size.
    public var blockCache: RocksBlockCache?
    /// Bits a key of the Bloom filters, which stay at the last level too, so that a look-up of an absent key reads no
    /// block; 0 for none.
    public var bloomBitsPerKey = 10.0
    /// Flushes and compactions that may run at once, over all databases of the process.
    public var backgroundJobs = 2
    /// Files that a database keeps open; -1 for all of them.
    public var maxOpenFiles = -1

    public init() {}
}

/// RocksDB's own option object, alive while a database is opened.
struct RocksOptionsHandle: ~Copyable {
    let pointer: OpaquePointer?

    init(_ options: RocksOptions) {
        pointer = rocksdb_options_create()
        guard let pointer else { return }
        rocksdb_options_set_create_if_missing(pointer, options.createIfMissing ? 1 : 0)
        rocksdb_options_set_create_missing_column_families(pointer, 1)
        rocksdb_options_set_write_buffer_size(pointer, options.writeBufferBytes)
        rocksdb_options_set_max_write_buffer_number(pointer, Int32(clamping: options.maxWriteBuffers))
        rocksdb_options_set_max_background_jobs(pointer, Int32(clamping: options.backgroundJobs))
        rocksdb_options_set_max_open_files(pointer, Int32(clamping: options.maxOpenFiles))
        rocksdb_options_set_compaction_style(pointer, Int32(rocksdb_universal_compaction))
        rocksdb_options_set_compression(pointer, Int32(rocksdb_no_compression))
        // Without a write-ahead log only this keeps column families in step: they are written to files together.
        rocksdb_options_set_atomic_flush(pointer, 1)
        // One thread writes a store.
        rocksdb_options_set_allow_concurrent_memtable_write(pointer, 0)
        rocksdb_options_set_optimize_filters_for_hits(pointer, 0)
        if options.bloomBitsPerKey > 0 {
            // A filter over what is not in a file yet, too: a tenth of the buffer, which is ample for small rows.
            rocksdb_options_set_memtable_prefix_bloom_size_ratio(pointer, 0.1)
            rocksdb_options_set_memtable_whole_key_filtering(pointer, 1)
        }
        rocksdb_options_set_info_log_level(pointer, 3)
        rocksdb_options_set_keep_log_file_num(pointer, 1)
        rocksdb_options_set_stats_dump_period_sec(pointer, 0)
        rocksdb_options_set_stats_persist_period_sec(pointer, 0)
        setTable(options, of: pointer)
    }

    private func setTable(_ options: RocksOptions, of pointer: OpaquePointer) {
        guard let table = rocksdb_block_based_options_create() else { return }
        defer { rocksdb_block_based_options_destroy(table) }
        rocksdb_block_based_options_set_block_size(table, options.blockBytes)
        rocksdb_block_based_options_set_whole_key_filtering(table, 1)
        if options.bloomBitsPerKey > 0 {
            // The table factory takes the policy over.
            rocksdb_block_based_options_set_filter_policy(
                table,
                rocksdb_filterpolicy_create_bloom_full(options.bloomBitsPerKey)
            )
        }
        if let cache = options.blockCache?.pointer { rocksdb_block_based_options_set_block_cache(table, cache) }
        rocksdb_options_set_block_based_table_factory(pointer, table)
    }

    deinit {
        if let pointer { rocksdb_options_destroy(pointer) }
    }
}
