// The values that the reports name: made up, none of anybody's. Each set has what trips readers up: suffixes that files have, digests with
// the bits of a UUID, addresses of small numbers, signs in local parts.
const TLDS = ['com', 'net', 'pl', 'in', 'dev', 'com.br', 'xyz', 'app', 'no', 'top', 'io', 'co.uk'];
const WORDS = [
	'sync',
	'portal',
	'ledger',
	'parcel',
	'verify',
	'cdn',
	'update',
	'wallet',
	'mail',
	'auth',
	'node',
	'static',
];

function seeded(seed) {
	let state = seed;
	return (below) => {
		state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
		return (state >>> 8) % below;
	};
}

/** Four of each type. */
export function valueSet(number) {
	const random = seeded(1_000 + number);
	const pick = (list) => list[random(list.length)];
	const four = (make) => Array.from({ length: 4 }, (_, i) => make(i));
	const host = (i) => `${pick(WORDS)}-${pick(WORDS)}${number}${i}.${TLDS[(number + 3 * i) % TLDS.length]}`;
	const hex = (length) => `${Array.from({ length }, () => random(16).toString(16)).join('')}`;
	const digest = (length) => `${hex(length - 4)}a7f3`;
	const md5 = (i) => (i % 2 === 0 ? digest(32) : digest(32).replace(/^(.{12}).(.{3})./, '$14$29'));
	const tails = [
		'/gate.php',
		'/a/b/index.html?id=7&x=1',
		'/track#step-2',
		':8443/api/v1/report',
		'/doc_(final)/view',
		'/s?q=one,two',
	];
	return {
		urls: four((i) => `https://${pick(WORDS)}.${host(i)}${tails[(number + i) % tails.length]}`),
		domains: four((i) => `${pick(WORDS)}.${host(i + 4)}`),
		ips: four((i) =>
			i === 3
				? `2a0${1 + (number % 8)}:4f8:c${hex(2)}1::${1 + random(9)}`
				: `${11 + random(80)}.${random(256)}.${random(256)}.${1 + random(250)}`,
		),
		addresses: four((i) => `${pick(['billing', 'no.reply', 'j.doe+news', 'hr_team'])}@${host(i + 8)}`),
		md5s: four(md5),
		sha1s: four(() => digest(40)),
		sha256s: four(() => digest(64)),
	};
}
