import { ATTACHMENT_LIMITS } from '../../limits';
import type { OpenedLink } from '../../email';

/**
 * Phishers fill a PDF with hundreds of small links to honest sites, so that scanners drown: the one that a reader hits is as large as the
 * page. In a document of many hosts, links that are far smaller than the largest one are marked as decoys.
 */
export function withDecoys(links: readonly OpenedLink[]): { links: OpenedLink[]; isCrowded: boolean } {
	const hosts = new Set(links.map(({ url }) => /^https?:\/\/([^/?#\s]{1,255})/i.exec(url)?.[1]?.toLowerCase()));
	hosts.delete(undefined);
	if (hosts.size <= ATTACHMENT_LIMITS.decoyHosts) return { links: [...links], isCrowded: false };
	const largest = Math.max(...links.map(({ area = 0 }) => area));
	const isDecoy = ({ area = 0 }: OpenedLink): boolean => area < largest * ATTACHMENT_LIMITS.decoyShare;
	return {
		links: links.map((link) => (isDecoy(link) ? { ...link, decoy: true as const } : link)),
		isCrowded: true,
	};
}
