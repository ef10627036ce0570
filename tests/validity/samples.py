"""One small valid feed in each format, in which tests break one thing at a time."""

from __future__ import annotations

RSS = """\
<?xml version='1.0' encoding='UTF-8'?>
<rss xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/" \
xmlns:atom="http://www.w3.org/2005/Atom" xmlns:content="http://purl.org/rss/1.0/modules/content/" \
version="2.0">
<channel><title>Heat</title><link>https://news.example.org/</link><description>About heat</description>
<atom:link href="https://news.example.org/feed.rss" rel="self" type="application/rss+xml"/>
<language>en</language><lastBuildDate>Tue, 06 Oct 2026 04:30:00 +0000</lastBuildDate><ttl>60</ttl>
<item><title>One</title><link>https://news.example.org/stories/one/</link><description>First</description>
<content:encoded>&lt;p&gt;One &lt;a href="https://x.example/"&gt;link&lt;/a&gt;&lt;/p&gt;</content:encoded>
<guid isPermaLink="false">tag:example.org,2026:1</guid><pubDate>Tue, 06 Oct 2026 04:29:59 +0000</pubDate>
<atom:updated>2026-10-06T04:29:59Z</atom:updated><dc:creator>A. Writer</dc:creator>
<source url="https://x.example/">Review</source><category>energy</category>
<media:content url="https://news.example.org/media/a.png" type="image/png" medium="image" fileSize="9" \
width="4" height="3"/></item>
<item><title>Two</title><guid>https://news.example.org/stories/two/</guid>
<pubDate>Mon, 05 Oct 2026 04:29:59 +0000</pubDate><atom:updated>2026-10-05T04:29:59Z</atom:updated></item>
</channel></rss>
"""

ATOM = """\
<?xml version='1.0' encoding='UTF-8'?>
<feed xmlns:media="http://search.yahoo.com/mrss/" xmlns:fh="http://purl.org/syndication/history/1.0" \
xmlns:thr="http://purl.org/syndication/thread/1.0" xmlns="http://www.w3.org/2005/Atom" xml:lang="en">
<id>tag:example.org,2026:feed</id><title>Heat</title><updated>2026-10-06T04:29:59Z</updated>
<author><name>Heat</name></author><fh:archive/>
<link href="https://news.example.org/feed.atom" rel="self" type="application/atom+xml"/>
<link href="https://news.example.org/" rel="alternate" type="text/html"/>
<entry xml:lang="de"><id>tag:example.org,2026:1</id><title>One</title><updated>2026-10-06T04:29:59Z</updated>
<published>2026-10-06T04:29:59Z</published><category term="energy"/><summary>First</summary>
<content type="html">&lt;p&gt;One &lt;a href="https://x.example/"&gt;link&lt;/a&gt;&lt;/p&gt;</content>
<link href="https://news.example.org/stories/one/" rel="alternate" type="text/html" hreflang="de"/>
<link href="https://x.example/" rel="via" title="Review"/><thr:total>3</thr:total>
<media:content url="https://news.example.org/media/a.png" type="image/png" medium="image" fileSize="9" \
width="4" height="3"/></entry>
<entry><id>tag:example.org,2026:2</id><title>Two</title><updated>2026-10-05T04:29:59.5+02:00</updated>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p class="x">Two</p></div></content></entry>
</feed>
"""

JSON = """\
{"version":"https://jsonfeed.org/version/1.1","title":"Heat","home_page_url":"https://news.example.org/",
"feed_url":"https://news.example.org/feed.json","next_url":"https://news.example.org/2026/10.json",
"language":"en","authors":[{"name":"Heat"}],"hubs":[{"type":"WebSub","url":"https://hub.example/"}],
"_heat":{"about":"https://news.example.org/feeds/"},"items":[
{"id":"tag:example.org,2026:1","url":"https://news.example.org/stories/one/","external_url":"https://x.example/",
"title":"One","content_html":"<p>One <a href=\\"https://x.example/\\">link</a></p>","summary":"First",
"image":"https://news.example.org/media/a.png","date_published":"2026-10-06T04:29:59Z",
"date_modified":"2026-10-06T04:29:59Z","tags":["energy"],"language":"de",
"attachments":[{"url":"https://x.example/a.mp3","mime_type":"audio/mpeg","size_in_bytes":12}]},
{"id":"tag:example.org,2026:2","content_text":"Two","date_modified":"2026-10-05T04:29:59+02:00"}]}
"""

SAMPLES = {"/feed.rss": RSS, "/feed.atom": ATOM, "/feed.json": JSON}
