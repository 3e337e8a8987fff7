import { attachmentsOmitted, fileList, type Attachment, type Email, type EmailWarning } from '../../email';
import { INDICATOR_LIMITS } from '../../limits';
import { MiB } from '../../units';

/** What of a message was not searched for indicators because of a limit. */
export class Unsearched {
	/** Texts whose bytes are not here. */
	readonly attachments: Attachment[] = [];
	/** Texts of which only the beginning was searched. */
	readonly cut: Attachment[] = [];
	/** Attached messages that lie too deep. */
	messages = 0;
	/** URLs of which only the host was kept. */
	urls = 0;
	/** There was more text than one message may have. */
	text = false;
	/** The time was over before all of it was searched. */
	time = false;

	/** One warning a kind; `omitted` findings were not kept. */
	warnings(email: Partial<Pick<Email, 'raw'>>, omitted: number): EmailWarning[] {
		const { maxAttachmentTextBytes, maxCharacters, maxMessageDepth, maxUrlLength } = INDICATOR_LIMITS;
		return [
			...(this.attachments.length > 0
				? [attachmentsOmitted('Not searched for indicators', this.attachments, email)]
				: []),
			...warning(
				'attachments-cut',
				this.cut.length,
				`Only the first ${maxAttachmentTextBytes / MiB} MiB were searched for indicators of ${fileList(this.cut)}.`,
			),
			...warning(
				'text-cut',
				this.text,
				`Only the first ${maxCharacters / MiB} million characters of the message were searched for indicators.`,
			),
			...warning(
				'search-stopped',
				this.time,
				'The time limit was reached before the whole message was searched for indicators. What was found until then is given.',
			),
			...warning(
				'urls-too-long',
				this.urls,
				`${this.urls} URL(s) are longer than ${maxUrlLength} characters. Only their hosts were kept.`,
			),
			...warning(
				'messages-too-deep',
				this.messages,
				`${this.messages} attached message(s) are nested deeper than ${maxMessageDepth} levels. They were not searched for indicators.`,
			),
			...warning(
				'indicators-omitted',
				omitted,
				`${omitted} finding(s) exceed the maximum number of indicators and were left out. Increase 'Max Indicators'.`,
			),
		];
	}
}

const warning = (code: string, when: number | boolean, message: string): EmailWarning[] =>
	when ? [{ code, message }] : [];
