// How fast patterns are parsed and matched, and what hostile texts cost.
import { createRequire } from 'node:module';
import { PATTERNS as HOSTILE } from '../test/hostile/texts.ts';

const require = createRequire(import.meta.url);

/** Patterns as analysts write them. */
const PATTERNS = [
	"[email-addr:value = 'a@example.com']",
	"[email-message:from_ref.value = 'a@example.com' AND email-message:subject LIKE '%invoice%']",
	"[email-message:to_refs[*].value IN ('a@example.com', 'b@example.com')] START t'2024-01-01T00:00:00Z' STOP t'2024-01-02T00:00:00Z'",
	"[file:hashes.'SHA-256' = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855' OR file:name MATCHES '\\\\.exe$']",
	"([ipv4-addr:value ISSUBSET '192.0.2.0/24'] AND [url:value != 'x']) FOLLOWEDBY [domain-name:value = 'example.com'] WITHIN 300 SECONDS",
];

function rate(seconds, action) {
	for (let i = 0; i < 2_000; i++) action(i);
	const start = performance.now();
	let count = 0;
	while (performance.now() - start < seconds * 1_000) for (let i = 0; i < 500; i++) action(count++);
	return Math.round((count / (performance.now() - start)) * 1_000);
}

function milliseconds(action) {
	const start = performance.now();
	action();
	return performance.now() - start;
}

const attempt = (action) => {
	try {
		action();
	} catch (error) {
		if (!String(error.code).startsWith('PATTERN_')) throw error;
	}
};

/** `report(name, figure, unit)` is called once a figure. */
export async function run(report) {
	const { compilePattern, parsePattern, printPattern } = require('../dist/lib/pattern');
	report(
		'parsePattern',
		rate(1, (i) => parsePattern(PATTERNS[i % PATTERNS.length])),
		'patterns/s',
	);
	report(
		'parsePattern and printPattern',
		rate(1, (i) => printPattern(parsePattern(PATTERNS[i % PATTERNS.length]))),
		'patterns/s',
	);

	const costs = Object.entries(HOSTILE).map(([name, ofSize]) => {
		const text = ofSize(1e6);
		return [name, milliseconds(() => attempt(() => parsePattern(text))) / (text.length / 1024)];
	});
	const [name, worst] = costs.reduce((a, b) => (b[1] > a[1] ? b : a));
	report(`hostile texts of a megabyte, the worst of ${costs.length} (${name})`, Number(worst.toFixed(3)), 'ms/KB');

	const observations = Array.from({ length: 10_000 }, (_, i) => {
		const time = new Date(1_700_000_000_000 + i * 1_000).toISOString();
		return {
			type: 'observed-data',
			id: `observed-data--${i}`,
			first_observed: time,
			last_observed: time,
			objects: [{ type: 'url', id: 'url--1', value: `https://h${i % 3}.example.com/` }],
		};
	});
	const many = Array.from({ length: 50_000 }, (_, i) => `[url:value = 'https://h${i}.example.com/']`).join(' OR ');
	const matcher = compilePattern(many);
	report(
		'50,000 indicators against 10,000 observations',
		Math.round(milliseconds(() => matcher.match(observations))),
		'ms',
	);
	const sequence = compilePattern("([url:value LIKE '%h0%'] FOLLOWEDBY [url:value LIKE '%h1%']) WITHIN 60 SECONDS");
	report(
		'a sequence within a minute against 10,000 observations',
		Math.round(milliseconds(() => sequence.match(observations))),
		'ms',
	);
	const repeats = compilePattern("[url:value LIKE '%h0%'] REPEATS 100 TIMES WITHIN 60 SECONDS");
	report(
		'100 repeats within a minute that never happen, against 10,000 observations',
		Math.round(milliseconds(() => repeats.match(observations))),
		'ms',
	);
}
