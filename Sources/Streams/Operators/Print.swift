extension KStream {
    /// Writes each record as a line, `[label]: key, value`, to standard output; the stream ends here.
    ///
    /// For a look at a stream, not for production. Nulls are written as `null`; no record is dropped. The label is by
    /// default the name of the operator that the records come from; `write` takes each line in place of standard
    /// output, `format` makes the text after the label.
    ///
    /// ```swift
    /// orders.print(label: "orders")
    /// ```
    public func print(
        label: String? = nil,
        named: String? = nil,
        file: String = #fileID,
        line: Int = #line,
        to write: @escaping @Sendable (String) -> Void = { Swift.print($0) },
        format: @escaping @Sendable (Key?, Value?) -> String = { key, value in
            "\(key.map { "\($0)" } ?? "null"), \(value.map { "\($0)" } ?? "null")"
        }
    ) {
        let label = label ?? name
        _ = keepingKey(
            "KSTREAM-PRINTER-",
            named,
            value: valueSerde,
            CallSite(file: file, line: line)
        ) { (_: @escaping Forward<Key, Value>, _) in
            let (nullKey, nullValue) = (Nulls<Key>(), Nulls<Value>())
            return { key, value, _ in write("[\(label)]: \(format(nullKey.plain(key), nullValue.plain(value)))") }
        }
    }
}
