import { readCms } from '../../email';
import type { OpenFile } from '../contract';

/** Takes out what a CMS object signs: a configuration profile, a message. No signature is checked. */
export function readCmsFile(file: OpenFile): void {
	const cms = readCms(derOf(file.bytes));
	if (cms === undefined) throw new Error('no CMS');
	if (cms.kind === 'encrypted') {
		file.tell({ flags: ['encrypted-message'], notRead: ['encrypted'] });
		return;
	}
	if (cms.content === undefined) return;
	const { name = '' } = file;
	const isProfile =
		/\.mobileconfig$/i.test(name) || /^\s{0,50}<\?xml[\s\S]{0,300}<plist/.test(cms.content.toString('latin1', 0, 512));
	if (isProfile) file.tell({ flags: ['signed-profile'] });
	if (cms.content.length > file.inflatable) {
		file.tell({ notRead: ['bytes'] });
		return;
	}
	file.inflatable -= cms.content.length;
	const inner = name.replace(/\.(?:p7m|p7s|p7b|p7)$/i, '');
	file.tell({
		files: [
			{
				name: isProfile && !/\.mobileconfig$/i.test(inner) ? `${inner || 'profile'}.mobileconfig` : inner,
				bytes: cms.content,
			},
		],
	});
}

/** A file in base64 between two lines (RFC 7468) is read as its bytes. */
function derOf(bytes: Buffer): Buffer {
	if (bytes[0] === 0x30) return bytes;
	const text = /-----BEGIN (?:PKCS7|CMS)-----([\s\S]*?)-----END/.exec(bytes.toString('latin1'))?.[1];
	return text === undefined ? bytes : Buffer.from(text, 'base64');
}
