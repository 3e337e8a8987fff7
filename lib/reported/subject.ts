import { gapsOf, warningKey, type Attachment, type Email } from '../email';

/** A message that is attached: with its bytes, and with where the mail around it was read from. */
export function subject(wrapper: Email, { email, content, sha256 }: Attachment): Email {
	const inner = email!;
	const raw = inner.raw ?? (inner.partial === true ? undefined : content);
	// Of one that names no time this much is known: it was there when it was reported.
	const isUndated = inner.date === undefined && inner.receivedAt === undefined;
	const at = isUndated ? (wrapper.date ?? wrapper.receivedAt) : undefined;
	return carried(wrapper, {
		...inner,
		...(at === undefined ? {} : { receivedAt: at }),
		...(raw === undefined ? {} : { raw }),
		sha256: inner.sha256 || sha256,
	});
}

/** With the mailbox and the gaps of the mail that it came in: where that was cut, so may this be. */
export function carried(wrapper: Email, inner: Email): Email {
	const known = new Set(inner.warnings.map(warningKey));
	const gaps = gapsOf(wrapper).filter((warning) => !known.has(warningKey(warning)));
	return {
		...inner,
		truncated: inner.truncated || wrapper.truncated,
		warnings: [...inner.warnings, ...gaps],
		...(wrapper.source === undefined ? {} : { source: wrapper.source }),
		...(wrapper.id === undefined ? {} : { id: wrapper.id }),
	};
}

/** What is left of a report without its header: nothing in it names the reporter but what he wrote himself. */
export function withoutHeader(email: Email): Email {
	const { sender: _sender, returnPath: _returnPath, fromText: _fromText, raw: _raw, ...rest } = email;
	return {
		...rest,
		from: [],
		replyTo: [],
		to: [],
		cc: [],
		bcc: [],
		headers: [],
		receivedLines: [],
		authenticationResults: [],
	};
}
