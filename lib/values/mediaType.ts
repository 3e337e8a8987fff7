import { lazy } from '../lazy';

const MEDIA_TYPE = /^[a-z]+\/[a-z0-9][a-z0-9!#$&^_.+-]{0,126}$/;
const ARTIFACT_TOP_LEVEL = /^(?:application|audio|font|image|message|model|multipart|text|video)\//;
// 190 KB of JSON: only when an artifact is written.
const mediaTypes = lazy(() => require('mime-db') as Readonly<Record<string, { source?: string }>>);

/** `type/subtype` in lower case without parameters, as a file may declare it. */
export function mediaTypeValue(text: string | undefined): string | undefined {
	const type = text?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
	return MEDIA_TYPE.test(type) ? type : undefined;
}

/** As an artifact must declare it: registered with IANA (STIX 2.1 section 6.1), anything else is `application/octet-stream`. */
export function registeredMediaType(text: string | undefined): string {
	const type = mediaTypeValue(text);
	return type !== undefined &&
		ARTIFACT_TOP_LEVEL.test(type) &&
		Object.hasOwn(mediaTypes(), type) &&
		mediaTypes()[type]?.source === 'iana'
		? type
		: 'application/octet-stream';
}
