// Message tracking without a network, for what a hunt itself takes.
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** A pattern with so many alternatives. */
export const anyOf = (count) =>
	Array.from({ length: count }, (_, i) => `[email-message:subject = 'Invoice ${i}']`).join(' OR ');

/** Rows as message tracking gives them: the subject of each is one of `subjects`. */
export const trackedRows = (count, subjects) =>
	Array.from({ length: count }, (_, i) => ({
		attributes: {
			mid: [i + 1],
			serialNumber: 'EC2CD1D95C273722A23A-CA0C47E74D1B',
			timestamp: '29 Aug 2026 10:00:48 (GMT +00:00)',
			sender: `sender${i % 50}@example.com`,
			friendly_from: [`"Sender" <sender${i % 50}@example.com>`],
			recipient: [`user${i}@example.org`],
			subject: `Invoice ${i % subjects}`,
			senderIp: `192.0.2.${i % 250}`,
			senderDomain: 'example.com',
			messageStatus: { [i + 1]: 'Delivered' },
			direction: 'incoming',
		},
	}));

/** Message tracking without a network: each query finds the rows of its subject. */
export function inMemory(rows) {
	const { ESA_LANGUAGE } = require('../../dist/lib/esa/huntTarget.js');
	const { observablesOf } = require('../../dist/lib/esa/bundle.js');
	const { keysOf, TrackedRow } = require('../../dist/lib/esa/row.js');
	const bySubject = new Map();
	for (const row of rows) {
		const { subject } = row.attributes;
		if (!bySubject.has(subject)) bySubject.set(subject, []);
		bySubject.get(subject).push(row);
	}
	return {
		...ESA_LANGUAGE,
		read: async (query, budget) => {
			const subject = new URLSearchParams(query).get('subjectfilterValue') ?? '';
			const found = bySubject.get(subject) ?? [];
			budget.counts.requests += 1;
			budget.counts.read += found.length;
			return found.map((row) => new TrackedRow(row));
		},
		keysOf: ({ row }) => keysOf(row),
		timeOf: ({ message }) => message.time,
		observables: ({ message }) => observablesOf(message),
	};
}
