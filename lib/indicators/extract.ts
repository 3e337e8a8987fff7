import { INDICATOR_LIMITS } from '../limits';
import { decodePercent } from '../text';
import { lacksBytes, type Attachment, type Email } from '../email';
import { Collector, type Place } from './collector';
import type { Finding } from './finding';
import { hashFlags } from './hash';
import { readHeaders } from './headers';
import { hostFlags, readHost, type Host } from './host';
import { readHtml } from './html';
import type { Indicator, IndicatorFlag, IndicatorType } from './indicator';
import type { ExtractOptions } from './options';
import { Policy } from './policy';
import { TrustedRelays } from './received';
import { nameFlags, urlFlags } from './reputation';
import { absoluteUrl, leadsElsewhere, visibleText } from './links';
import { mayRewrite, unwrapUrl, withoutRecipient } from './rewriters';
import { scanText } from './scan';
import { isTextAttachment, textOfAttachment } from './attachmentText';
import { Unsearched } from './unsearched';
import { readUrl, type ReadUrl } from './url';
import { viewOf } from './view';

/** A message, or the bodies of one. */
export type ExtractInput = Email | { text?: string; html?: string };

/**
 * Finds the indicators of a message: in its header, subject, text, HTML, text-like attachments and attached messages.
 * One per value, in the order in which they are first met, each with its places. Never throws for what a message holds.
 * The time is linear in the size of the message.
 */
export function extractIndicators(input: ExtractInput, options: ExtractOptions = {}): Indicator[] {
	const extraction = new Extraction(options);
	extraction.read(input, '', 0);
	return extraction.finish(input);
}

class Extraction {
	readonly #collector: Collector;
	readonly #policy: Policy;
	readonly #trusted: TrustedRelays;
	readonly #wanted: (type: IndicatorType) => boolean;
	#recipients: ReadonlySet<string> = new Set();
	#charactersLeft: number = INDICATOR_LIMITS.maxCharacters;
	readonly #unsearched = new Unsearched();

	readonly #options: ExtractOptions;

	constructor(options: ExtractOptions) {
		this.#options = options;
		this.#collector = new Collector(options);
		this.#policy = new Policy(options.ownDomains, options.allowList);
		this.#trusted = new TrustedRelays(options.trustedRelays ?? []);
		const off = new Set<IndicatorType>();
		if (options.urls === false) off.add('url');
		if (options.domains === false) off.add('domain-name');
		if (options.ips === false) off.add('ipv4-addr').add('ipv6-addr');
		if (options.emailAddresses === false) off.add('email-addr');
		this.#wanted = (type) => !off.has(type);
	}

	finish(input: ExtractInput): Indicator[] {
		const { onWarning } = this.#options;
		if (onWarning !== undefined) {
			for (const warning of this.#unsearched.warnings('headers' in input ? input : {}, this.#collector.omittedFindings))
				onWarning(warning);
		}
		return this.#collector.finish();
	}

	read(input: ExtractInput, prefix: string, depth: number): void {
		const email = 'headers' in input ? input : undefined;
		if (email !== undefined && depth === 0) this.#recipients = recipientsOf(email);
		if (email !== undefined && this.#options.headers !== false) {
			for (const header of readHeaders(email, this.#trusted)) {
				const place: Place = { part: `${prefix}header`, field: header.field, flags: header.flags ?? [] };
				if (header.kind === 'text') this.#scan(header.value, place);
				else if (header.kind === 'url') this.#link(header.value, place);
				else if (header.kind === 'address')
					this.#value(header.address.type, header.address.value, header.original, [...header.address.flags], place);
				else this.#host(header.value, place);
			}
		}
		if (email?.subject !== undefined) this.#scan(email.subject, { part: `${prefix}subject`, offsets: true });
		if (input.text !== undefined) this.#scan(input.text, { part: `${prefix}text`, offsets: true });
		if (input.html !== undefined) this.#html(input.html, { part: `${prefix}html` });
		for (const attachment of email?.attachments ?? []) this.#attachment(attachment, prefix, depth);
	}

	#attachment(attachment: Attachment, prefix: string, depth: number): void {
		const place: Place = {
			part: `${prefix}attachment`,
			...(attachment.fileName === undefined ? { field: attachment.partId } : { field: attachment.fileName }),
		};
		if (this.#options.attachments !== false && attachment.sha256 !== '') {
			const flags: IndicatorFlag[] = hashFlags(attachment.sha256).filter((flag) => flag === 'empty-file');
			if (attachment.related && attachment.contentType.startsWith('image/')) flags.push('inline-image');
			this.#collector.add({
				type: 'file',
				value: attachment.sha256,
				original: attachment.fileName ?? attachment.sha256,
				defanged: false,
				flags: [...flags, ...this.#policy.flags('file', attachment.sha256, undefined)],
				place,
				hashes: {
					MD5: attachment.md5,
					'SHA-1': attachment.sha1,
					'SHA-256': attachment.sha256,
					'SHA-512': attachment.sha512,
				},
				fileName: attachment.fileName,
			});
		}
		if (attachment.email !== undefined) {
			if (this.#options.attachedMessages === false) return;
			if (depth < INDICATOR_LIMITS.maxMessageDepth) {
				this.read(attachment.email, `${prefix}${attachment.partId}/`, depth + 1);
			} else this.#unsearched.messages++;
			return;
		}
		if (this.#options.textAttachments === false || !isTextAttachment(attachment)) return;
		if (lacksBytes(attachment)) this.#unsearched.attachments.push(attachment);
		else if (attachment.size > INDICATOR_LIMITS.maxAttachmentTextBytes) this.#unsearched.cut.push(attachment);
		if (this.#charactersLeft <= 0) {
			this.#unsearched.text ||= attachment.size > 0;
			return;
		}
		const content = textOfAttachment(attachment);
		if (content?.html === true) this.#html(content.text, place);
		else if (content !== undefined) this.#scan(content.text, { ...place, offsets: true });
	}

	readonly #tooLong = (): void => {
		if (this.#wanted('url')) this.#unsearched.urls++;
	};

	/** Within what is left of the characters for one message. */
	#bounded(text: string): string {
		const read = text.length <= this.#charactersLeft ? text : text.slice(0, this.#charactersLeft);
		if (read.length < text.length) this.#unsearched.text = true;
		this.#charactersLeft -= read.length;
		return read;
	}

	#scan(text: string, place: Place): void {
		const read = this.#bounded(text);
		scanText(read, (finding) => this.#finding(finding, read, place), this.#options, this.#tooLong);
	}

	#html(html: string, place: Place): void {
		const document = readHtml(this.#bounded(html));
		const lures: [start: number, end: number][] = [];
		const targets = document.links.map((link) => {
			const label =
				link.start === undefined || link.end === undefined
					? link.text
					: document.text.slice(link.start, Math.min(link.end, link.start + 10 * INDICATOR_LIMITS.maxLinkText));
			const text = label === undefined ? undefined : visibleText(label);
			const url = absoluteUrl(link, document.base);
			const mismatch = url !== undefined && text !== undefined && link.field === 'a[href]' && leadsElsewhere(text, url);
			if (mismatch && link.start !== undefined && link.end !== undefined) lures.push([link.start, link.end]);
			return { link, url, text, mismatch };
		});
		let next = 0;
		scanText(
			document.text,
			(finding) => {
				while (next < lures.length && lures[next]![1] <= finding.start) next++;
				const lure = next < lures.length && finding.start >= lures[next]![0];
				this.#finding(finding, document.text, lure ? { ...place, flags: ['link-text'] } : place);
			},
			this.#options,
			this.#tooLong,
		);
		const isBody = place.part.endsWith('html');
		for (const { link, url, text, mismatch } of targets) {
			const at: Place = { part: place.part, field: isBody ? link.field : `${place.field ?? ''} ${link.field}`.trim() };
			if (text !== undefined && text !== '') at.text = text;
			if (url !== undefined) {
				at.flags = url.flags;
				this.#link(url.url, at, mismatch);
			} else if (/^mailto:/i.test(link.url)) this.#mailto(link.url, at);
		}
	}

	#mailto(url: string, place: Place): void {
		const question = url.indexOf('?');
		const text = url.slice(7, question < 0 ? undefined : question);
		this.#scan(decodePercent(text), place);
		if (question >= 0) this.#scan(decodePercent(url.slice(question + 1)).replaceAll('&', ' '), place);
	}

	/** A URL of an attribute or a header field, not of running text. */
	#link(written: string, place: Place, mismatch = false): void {
		const url = readUrl(written);
		if (url === undefined) {
			// Somebody defanged it, or it is longer than the limit.
			this.#scan(written.slice(0, 2 * INDICATOR_LIMITS.maxUrlLength), place);
			return;
		}
		this.#url(url, written, viewOf(written.slice(0, 300)).isDefanged(0, 300), [], place, mismatch);
	}

	#finding(finding: Finding, text: string, place: Place): void {
		if (finding.type === 'file' && this.#options.hashes === false) return;
		const original = text.slice(finding.start, finding.end);
		const offset = place.offsets === true ? finding.start : undefined;
		if (finding.url !== undefined)
			return this.#url(finding.url, original, finding.defanged, finding.flags, place, false, offset);
		if (finding.type === 'file') {
			const { value, algorithm, flags } = finding;
			this.#collector.add({
				type: 'file',
				value,
				original,
				defanged: finding.defanged,
				flags: [...flags, ...this.#policy.flags('file', value, undefined)],
				place,
				offset,
				hashes: { [algorithm!]: value },
			});
			return;
		}
		const flags = [...finding.flags, ...(finding.address?.flags ?? [])];
		this.#value(finding.type, finding.value, original, flags, place, {
			host: finding.host,
			defanged: finding.defanged,
			offset,
		});
		if (finding.type === 'email-addr' && finding.host !== undefined) {
			this.#value('domain-name', finding.host.name, original, [], place, {
				host: finding.host,
				defanged: finding.defanged,
				offset,
				derivedFrom: finding.value,
			});
		}
	}

	#value(
		type: IndicatorType,
		value: string,
		original: string,
		flags: readonly IndicatorFlag[],
		place: Place,
		more: { host?: Host | undefined; defanged?: boolean; offset?: number | undefined; derivedFrom?: string } = {},
	): void {
		if (!this.#wanted(type)) return;
		const { host, defanged = false, offset, derivedFrom } = more;
		const name = host?.name ?? (type === 'ipv4-addr' || type === 'ipv6-addr' ? value : undefined);
		const all = flags.concat(this.#policy.flags(type, value, name));
		if (host !== undefined) all.push(...hostFlags(host));
		if (host !== undefined && type === 'domain-name') all.push(...nameFlags(host));
		if (type === 'email-addr' && this.#recipients.has(value)) all.push('recipient');
		const registrableDomain = host?.registrable;
		this.#collector.add({ type, value, original, defanged, flags: all, place, offset, derivedFrom, registrableDomain });
	}

	#host(name: string, place: Place): void {
		const host = readHost(name);
		if (host?.registrable !== undefined) this.#value('domain-name', host.name, name, [], place, { host });
	}

	/** A URL, what it wraps, and the hosts of both. */
	#url(
		url: ReadUrl,
		original: string,
		defanged: boolean,
		flags: readonly IndicatorFlag[],
		place: Place,
		mismatch: boolean,
		offset?: number,
	): void {
		if (url.host === undefined || !mayRewrite(url.host.name)) {
			const linkFlags = mismatch ? [...flags, 'href-mismatch' as const] : flags;
			return this.#oneUrl(url, original, defanged, linkFlags, place, offset, undefined);
		}
		const { url: target, wrappers } = unwrapUrl(url.value);
		const chain = [...wrappers, ...(wrappers.length === 0 ? [withoutRecipient(url.value)] : [target])];
		let derivedFrom: string | undefined;
		for (const [index, step] of chain.entries()) {
			const last = index === chain.length - 1;
			const read = index === 0 && step === url.value ? url : readUrl(step);
			if (read === undefined) continue;
			const stepFlags: IndicatorFlag[] = [
				...(index === 0 ? flags : []),
				...(last ? [] : (['rewritten'] as const)),
				...(last && mismatch ? (['href-mismatch'] as const) : []),
			];
			this.#oneUrl(
				read,
				index === 0 && step === url.value ? original : read.value,
				defanged,
				stepFlags,
				place,
				offset,
				derivedFrom,
			);
			derivedFrom = read.value;
		}
	}

	#oneUrl(
		url: ReadUrl,
		original: string,
		defanged: boolean,
		extra: readonly IndicatorFlag[],
		place: Place,
		offset: number | undefined,
		derivedFrom: string | undefined,
	): void {
		const { host, address, value } = url;
		const flags = extra.concat(urlFlags(value, host), address?.flags ?? [], host === undefined ? [] : hostFlags(host));
		if (url.userinfo) flags.push('userinfo');
		flags.push(...this.#policy.flags('url', value, host?.name ?? address?.value));
		if (this.#wanted('url')) {
			const registrableDomain = host?.registrable;
			this.#collector.add({
				type: 'url',
				value,
				original,
				defanged,
				flags,
				place,
				offset,
				derivedFrom,
				registrableDomain,
			});
		}
		const inherited = flags.filter((flag) => flag === 'schema-url' || flag === 'rewritten');
		if (host?.registrable !== undefined)
			this.#value('domain-name', host.name, original, inherited, place, {
				host,
				defanged,
				offset,
				derivedFrom: value,
			});
		else if (address !== undefined)
			this.#value(address.type, address.value, original, address.flags, place, {
				defanged,
				offset,
				derivedFrom: value,
			});
	}
}

function recipientsOf(email: Email): ReadonlySet<string> {
	const addresses = [...email.to, ...email.cc, ...email.bcc].map(({ address }) => address.toLowerCase());
	const delivered = email.headers
		.filter(({ name }) => /^(?:delivered-to|x-original-to|envelope-to)$/i.test(name))
		.map(({ value }) => value.replace(/[<>\s]/g, '').toLowerCase());
	return new Set([...addresses, ...delivered]);
}
