import type { SaxesParser, SaxesTagPlain } from 'saxes';
import { ATTACHMENT_LIMITS } from '../../limits';
import { utf16Text } from '../../text';

type Saxes = typeof import('saxes');

/** What is told of an XML document while it is read. Names are without their prefix, in lower case. */
export interface XmlHandler {
	open(name: string, attributes: ReadonlyMap<string, string>): void;
	close(name: string): void;
	text(text: string): void;
}

/** Characters that the parser gets at a time. */
const PIECE = 65_536;

/**
 * Reads an XML document as it comes. It stops at a DOCTYPE, which no Office document has and entities come from, at elements that lie
 * too deep, and at what is no XML: what came before was told. False when it stopped.
 */
export function readXml(bytes: Buffer, handler: XmlHandler): boolean {
	const { SaxesParser: Parser } = require('saxes') as Saxes;
	const parser: SaxesParser<object> = new Parser({ xmlns: false });
	let depth = 0;
	const stop = (why: string): never => {
		throw new Error(why);
	};
	parser.on('error', (error) => stop(error.message));
	parser.on('doctype', () => stop('a document type'));
	parser.on('opentag', (tag: SaxesTagPlain) => {
		if (++depth > ATTACHMENT_LIMITS.maxXmlDepth) stop('too deep');
		const attributes = new Map<string, string>();
		for (const [name, value] of Object.entries(tag.attributes as Record<string, string>)) {
			if (!name.startsWith('xmlns:')) attributes.set(localName(name), value);
			attributes.set(name.toLowerCase(), value);
		}
		handler.open(localName(tag.name), attributes);
	});
	parser.on('closetag', ({ name }) => {
		depth--;
		handler.close(localName(name));
	});
	parser.on('text', (text) => handler.text(text));
	parser.on('cdata', (text) => handler.text(text));
	const text = textOfXml(bytes).replace(/^\ufeff/, '');
	try {
		for (let at = 0; at < text.length; at += PIECE) parser.write(text.slice(at, at + PIECE));
		parser.close();
		return true;
	} catch {
		return false;
	}
}

/** UTF-8, or UTF-16 either way round, with a mark or without. */
function textOfXml(bytes: Buffer): string {
	const [first, second] = bytes;
	if ((first === 0xff && second === 0xfe) || (first === 0x3c && second === 0)) return utf16Text(bytes);
	const isBig = (first === 0xfe && second === 0xff) || (first === 0 && second === 0x3c);
	return isBig ? utf16Text(Buffer.from(bytes.subarray(0, bytes.length & ~1)).swap16()) : bytes.toString('utf8');
}

const localName = (name: string): string => name.slice(name.lastIndexOf(':') + 1).toLowerCase();

/** Texts and values in an XML document, those that name its schemas left out. */
export function wordsOfXml(bytes: Buffer): string[] {
	const words: string[] = [];
	readXml(bytes, {
		open: (_, attributes) => {
			for (const [name, value] of attributes) if (!/^(?:xmlns|xsi)(?::|$)/.test(name)) words.push(value);
		},
		close: () => undefined,
		text: (text) => words.push(text),
	});
	return [...new Set(words)].filter((word) => word.trim() !== '');
}
