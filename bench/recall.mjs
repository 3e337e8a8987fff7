// Precision and recall of what is found, over report texts whose values are known: by type and by place. As the node hands values on.
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { SHAPES } from './reports/texts.mjs';
import { valueSet } from './reports/values.mjs';

const require = createRequire(import.meta.url);

const SETS = 4;
const LEFT_OUT = ['file-name-like', 'id-like', 'schema-url', 'version-like'];
/** What every type must reach. */
export const WANTED = { recall: 0.97, precision: 0.95 };

function typeOf(value) {
	if (value.includes('://')) return 'url';
	if (value.includes('@')) return 'email-addr';
	if (/^[0-9a-f]+$/.test(value)) return 'file';
	if (value.includes(':')) return 'ipv6-addr';
	return /^\d+(?:\.\d+){3}$/.test(value) ? 'ipv4-addr' : 'domain-name';
}

function inputOf(place, text) {
	if (place === 'text' || place === 'html') return { [place]: text };
	const content = Buffer.from(text);
	const digest = (algorithm) => createHash(algorithm).update(content).digest('hex');
	const attachment = {
		partId: '2', fileName: place, contentType: 'application/octet-stream', related: false, size: content.length, content,
		md5: digest('md5'), sha1: digest('sha1'), sha256: digest('sha256'), sha512: digest('sha512'),
	}; // prettier-ignore
	return {
		references: [], from: [], replyTo: [], to: [], cc: [], bcc: [], headers: [], receivedLines: [], authenticationResults: [],
		isMultipart: true, parts: [], attachments: [attachment], size: 0, sha256: '', truncated: false, warnings: [],
	}; // prettier-ignore
}

/** Counts by key, and what was missed or made up. `extract` is `extractIndicators`. */
export function measure(extract) {
	const counts = new Map();
	const faults = [];
	const count = (key, field) => {
		const known = counts.get(key) ?? { wanted: 0, found: 0, told: 0, madeUp: 0 };
		known[field]++;
		counts.set(key, known);
	};
	let texts = 0;
	for (const { name, place, write, shows } of SHAPES) {
		for (let set = 0; set < SETS; set++) {
			texts++;
			const values = valueSet(texts);
			const kindOfPlace = place.includes('.') ? `attachment .${place.split('.')[1]}` : place;
			const wanted = new Map(shows(values).map((value) => [`${typeOf(value)} ${value}`, typeOf(value)]));
			const told = new Map();
			const all = new Set();
			for (const { type, value, hashes, derivedFrom, flags } of extract(inputOf(place, write(values)), {
				exclude: LEFT_OUT,
				attachments: false,
			})) {
				all.add(`${type} ${value}`);
				// The host of a URL is told with it, and is no reading of its own.
				if (type === 'domain-name' && derivedFrom !== undefined) continue;
				if ((type === 'ipv4-addr' || type === 'ipv6-addr') && derivedFrom !== undefined) continue;
				for (const one of hashes === undefined ? [value] : Object.values(hashes))
					told.set(`${type} ${one}`, { type, flags });
			}
			for (const [key, type] of wanted) {
				const isFound = told.has(key) || all.has(key);
				for (const of of [type, kindOfPlace]) {
					count(of, 'wanted');
					if (isFound) count(of, 'found');
				}
				if (!isFound) faults.push(`${name}: missed ${key}`);
			}
			for (const [key, { type }] of told) {
				for (const of of [type, kindOfPlace]) count(of, 'told');
				if (wanted.has(key)) continue;
				faults.push(`${name}: made up ${key}`);
				for (const of of [type, kindOfPlace]) count(of, 'madeUp');
			}
		}
	}
	const rates = [...counts].map(([key, { wanted, found, told, madeUp }]) => ({
		key,
		wanted,
		recall: wanted === 0 ? 1 : found / wanted,
		precision: told === 0 ? 1 : 1 - madeUp / told,
	}));
	return { texts, rates, faults };
}

/** `report(name, figure, unit)` is called once a figure. */
export async function run(report) {
	const { extractIndicators } = require('../dist/lib/indicators/index.js');
	const { texts, rates, faults } = measure(extractIndicators);
	report('report texts', texts, '');
	for (const { key, wanted, recall, precision } of rates) {
		report(`${key}: recall`, Number(recall.toFixed(3)), `of ${wanted}`, { target: { least: WANTED.recall } });
		report(`${key}: precision`, Number(precision.toFixed(3)), '', { target: { least: WANTED.precision } });
	}
	for (const fault of faults.slice(0, 40)) report.note(fault);
}
