import Records

/// How a line of text becomes a record: the properties of Kafka's line reader.
///
/// ```
/// parse.headers=true, parse.key=true:   h1:v1,h2:v2 <tab> key <tab> value
/// ```
///
/// Separators are bytes, and bytes that are no UTF-8 pass through. Unlike in Java, `headers.separator` is no regular
/// expression.
struct LineFormat: Sendable, Hashable {
    /// What a line says; a part that is null, or not there, is nil.
    struct Parts: Hashable {
        var headers: [Header] = []
        var key: Range<Int>?
        var value: Range<Int>?
    }

    private(set) var parsesKey = false
    private(set) var parsesHeaders = false
    private(set) var keySeparator = Array("\t".utf8)
    private(set) var headersDelimiter = Array("\t".utf8)
    private(set) var headersSeparator = Array(",".utf8)
    private(set) var headersKeySeparator = Array(":".utf8)
    private(set) var ignoresErrors = false
    private(set) var nullMarker: [UInt8]?

    /// Reads the properties; names that mean nothing here are passed over. Errors: two separators that are the same.
    init(_ properties: [String: String]) throws(LineFormatError) {
        func flag(_ name: String) -> Bool {
            properties[name].map { $0.filter { !$0.isWhitespace }.lowercased() == "true" } ?? false
        }
        func bytes(_ name: String, _ standard: [UInt8]) -> [UInt8] {
            properties[name].map { Array($0.utf8) } ?? standard
        }
        parsesKey = flag("parse.key")
        parsesHeaders = flag("parse.headers")
        ignoresErrors = flag("ignore.error")
        keySeparator = bytes("key.separator", keySeparator)
        headersDelimiter = bytes("headers.delimiter", headersDelimiter)
        headersSeparator = bytes("headers.separator", headersSeparator)
        headersKeySeparator = bytes("headers.key.separator", headersKeySeparator)
        nullMarker = properties["null.marker"].map { Array($0.utf8) }
        try refuseEqual()
    }

    private func refuseEqual() throws(LineFormatError) {
        let pairs: [(String, [UInt8]?, String, [UInt8]?)] = [
            ("headers.delimiter", headersDelimiter, "headers.separator", headersSeparator),
            ("headers.delimiter", headersDelimiter, "headers.key.separator", headersKeySeparator),
            ("headers.separator", headersSeparator, "headers.key.separator", headersKeySeparator),
            ("null.marker", nullMarker, "key.separator", keySeparator),
            ("null.marker", nullMarker, "headers.separator", headersSeparator),
            ("null.marker", nullMarker, "headers.delimiter", headersDelimiter),
            ("null.marker", nullMarker, "headers.key.separator", headersKeySeparator),
        ]
        for (name, value, otherName, otherValue) in pairs where value == otherValue {
            throw LineFormatError("\(name) and \(otherName) may not be equal")
        }
    }

    /// Takes line `number` apart. Errors: a separator that is missing, unless errors are ignored.
    func parse(_ line: UnsafeRawBufferPointer, number: Int) throws(LineFormatError) -> Parts {
        var parts = Parts()
        var start = 0
        if parsesHeaders, let end = try find(headersDelimiter, "headers delimiter", line, start, number) {
            let text = line[start..<end]
            if !isNull(text) { parts.headers = try headers(text, number) }
            start = end + headersDelimiter.count
        }
        if parsesKey, let end = try find(keySeparator, "key separator", line, start, number) {
            if !isNull(line[start..<end]) { parts.key = start..<end }
            start = end + keySeparator.count
        }
        if !isNull(line[start...]) { parts.value = start..<line.count }
        return parts
    }

    private func find(
        _ separator: [UInt8],
        _ name: String,
        _ line: UnsafeRawBufferPointer,
        _ start: Int,
        _ number: Int
    ) throws(LineFormatError) -> Int? {
        if let place = line[start...].firstPlace(of: separator) { return place }
        if ignoresErrors { return nil }
        let text = String(decoding: line, as: UTF8.self)
        throw LineFormatError("No \(name) found on line number \(number): '\(text)'")
    }

    private func headers(_ text: Slice<UnsafeRawBufferPointer>, _ number: Int) throws(LineFormatError) -> [Header] {
        var headers: [Header] = []
        for pair in text.pieces(between: headersSeparator) {
            guard let colon = pair.firstPlace(of: headersKeySeparator) else {
                let name = String(decoding: pair, as: UTF8.self)
                guard ignoresErrors else {
                    throw LineFormatError("No header key separator found in pair '\(name)' on line number \(number)")
                }
                headers.append(Header(key: name, value: nil))
                continue
            }
            let (key, value) = (pair[..<colon], pair[(colon + headersKeySeparator.count)...])
            let name = String(decoding: key, as: UTF8.self)
            if isNull(key) {
                throw LineFormatError(
                    "Header keys should not be equal to the null marker '\(name)' as they can't be null"
                )
            }
            headers.append(Header(key: name, value: isNull(value) ? nil : Bytes(value)))
        }
        return headers
    }

    private func isNull(_ text: Slice<UnsafeRawBufferPointer>) -> Bool {
        guard let nullMarker else { return false }
        return text.elementsEqual(nullMarker)
    }
}

/// Why a line, or the properties of the reader, cannot be used; in Kafka's words.
struct LineFormatError: Error, Hashable {
    let message: String

    init(_ message: String) { self.message = message }
}

extension Slice<UnsafeRawBufferPointer> {
    /// Where the first `pattern` begins; an empty one begins at once.
    fileprivate func firstPlace(of pattern: [UInt8]) -> Int? {
        guard let first = pattern.first else { return startIndex }
        var rest = self
        while let place = rest.firstIndex(of: first) {
            if self[place...].starts(with: pattern) { return place }
            rest = self[(place + 1)...]
        }
        return nil
    }

    /// The pieces between separators. As in Java, empty ones at the end are dropped, unless there is no separator.
    fileprivate func pieces(between separator: [UInt8]) -> [Slice<UnsafeRawBufferPointer>] {
        var pieces: [Slice<UnsafeRawBufferPointer>] = []
        var rest = self
        while !separator.isEmpty, let place = rest.firstPlace(of: separator) {
            pieces.append(rest[..<place])
            rest = rest[(place + separator.count)...]
        }
        guard !pieces.isEmpty else { return [self] }
        pieces.append(rest)
        while pieces.last?.isEmpty == true { pieces.removeLast() }
        return pieces
    }
}
