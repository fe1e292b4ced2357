import Coordination
import Testing

@Suite struct NamePatternTests {
    @Test(
        arguments: [
            ("orders", ["orders"], ["order", "orders-1", "my-orders", ""]),
            ("orders-.*", ["orders-", "orders-eu"], ["orders", "orders-\n"]),
            ("(?s)orders-.*", ["orders-\n"], []),
            ("a|bc|", ["a", "bc", ""], ["abc", "b"]),
            ("(a|b)+c?", ["a", "abab", "bc"], ["c", ""]),
            ("a{2,3}", ["aa", "aaa"], ["a", "aaaa"]),
            ("a{2}b{1,}", ["aab", "aabb"], ["aa", "ab"]),
            ("a{,2}", ["a{,2}"], ["aa"]),
            ("[a-c_-]+", ["abc", "_-a"], ["d", ""]),
            ("[^a-c]+", ["xyz"], ["xay"]),
            ("[]x]+", ["]x]"], ["a"]),
            ("[[:alpha:]]+[[:^digit:]]", ["abc", "ab-"], ["ab1"]),
            ("\\d+-\\w+\\S\\D", ["12-a_b-x"], ["12-a_b-1"]),
            ("[\\d.]+", ["1.2"], ["1,2"]),
            ("\\p{Lu}\\pL*\\P{N}", ["Äöx"], ["äöx", "Äö1"]),
            ("^a\\.b$", ["a.b"], ["axb"]),
            ("\\Aa\\z", ["a"], ["ab"]),
            ("a\\b.c", ["a-c"], ["abc"]),
            ("(?i)Orders", ["oRDERS"], ["orderz"]),
            ("(?i:a)b", ["Ab", "ab"], ["aB"]),
            ("(?P<name>x)(?:y)(?<other>z)", ["xyz"], ["xy"]),
            ("\\Qa.b*\\E+", ["a.b*", "a.b**"], ["axb"]),
            ("a*?b+?", ["aab", "b"], ["a"]),
            ("(?m)a$\\n^b", ["a\nb"], ["ab"]),
            ("\\x41\\x{42}\\t", ["AB\t"], ["AB"]),
            ("()*x", ["x"], [""]),
            ("(a*)*", ["", "aaa"], ["b"]),
        ] as [(String, [String], [String])]
    )
    func `names match as a whole, in RE2's syntax`(_ text: String, _ matching: [String], _ others: [String]) throws {
        let pattern = try NamePattern(text)
        for name in matching { #expect(pattern.matches(name), "\(text) and \(name)") }
        for name in others { #expect(!pattern.matches(name), "\(text) and \(name)") }
    }

    @Test(arguments: [
        ("(", "missing closing )"), ("a)", "unexpected )"), ("[a", "missing closing ]"), ("[]", "missing closing ]"),
        ("*a", "missing argument to repetition operator"), ("a**", "invalid nested repetition operator"),
        ("a{1001}", "invalid repeat count"), ("a{3,2}", "invalid repeat count"),
        ("a\\", "trailing backslash at end of expression"), ("\\1", "invalid escape sequence"),
        ("(?=a)", "invalid or unsupported Perl syntax"), ("(?<!a)b", "invalid or unsupported Perl syntax"),
        ("\\y", "invalid escape sequence"), ("[z-a]", "invalid character class range"),
        ("[[:none:]]", "invalid character class range"), ("\\p{Greek}", "invalid character class range"),
        ("(?P<>a)", "invalid named capture"), ("((a{1000}){1000}){1000}", "expression too large"),
        (String(repeating: "(", count: 5000), "expression nests too deeply"),
    ])
    func `what is no expression is refused with the reason`(_ text: String, _ reason: String) {
        do throws(NamePattern.Flaw) {
            _ = try NamePattern(text)
            Issue.record("\(text) was taken")
        } catch { #expect(error.description == reason, "\(text)") }
    }

    @Test func `no expression makes it search for ever`() throws {
        // A searcher that goes back would need more steps than there are atoms in the universe.
        let name = String(repeating: "a", count: 249) + "!"
        for text in ["(a+)+$", "(a|aa)+", "(.*)*x", "(a?){249}a{249}", "((a*)*)*b"] {
            #expect(!(try NamePattern(text).matches(name)), "\(text)")
        }
    }

    @Test(arguments: [UInt64(1), 2, 3])
    func `any text is an expression or is refused`(_ seed: UInt64) {
        var state = seed
        let alphabet = Array("ab01()[]{}|*+?^$.\\-,:<>!=PQEdwsxpLiU\u{e9}\n")
        for _ in 0..<5000 {
            var text = ""
            for _ in 0..<12 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                text.append(alphabet[Int(state >> 33) % alphabet.count])
            }
            do throws(NamePattern.Flaw) {
                let pattern = try NamePattern(text)
                #expect(pattern.matches("ab") == pattern.matches("ab"))
            } catch { #expect(!error.description.isEmpty) }
        }
    }
}
