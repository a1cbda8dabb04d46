"""How the pages look: one style sheet for screen and paper.

Text has a contrast of at least 4.5 to its ground, marks of plots at least 3; nothing is said by
color alone.
"""

STYLE = """
:root { color-scheme: light; }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.5rem; max-width: 76rem; color: #1b1f24; background: #fff;
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; }
h1 { font-size: 1.7rem; line-height: 1.2; margin: 0 0 .3rem; }
h2 { font-size: 1.25rem; margin: 2.2rem 0 .6rem; border-bottom: 1px solid #c9ced6;
  padding-bottom: .2rem; }
h3 { font-size: 1.05rem; margin: 1.4rem 0 .4rem; }
p { margin: .4rem 0; max-width: 60rem; }
a { color: #14539a; }
.note, .small { color: #4b535d; font-size: .875rem; }
.verdict { display: inline-block; padding: .15rem .6rem; border-radius: 4px; font-weight: 600;
  border: 1px solid; }
.good { color: #14602f; background: #e8f5ec; }
.bad { color: #98141b; background: #fdecec; }
nav ul { list-style: none; display: flex; flex-wrap: wrap; gap: .2rem 1.2rem; padding: 0;
  margin: .8rem 0 0; }
.scroll { overflow-x: auto; margin: .6rem 0 1rem; }
table { border-collapse: collapse; font-size: .9rem; }
caption { text-align: left; color: #4b535d; padding-bottom: .3rem; font-size: .875rem; }
th, td { padding: .28rem .7rem .28rem 0; text-align: left; vertical-align: top;
  border-bottom: 1px solid #e3e6ea; }
thead th { border-bottom: 2px solid #8a929c; font-weight: 600; }
tbody th { font-weight: 500; }
.number { text-align: right; font-variant-numeric: tabular-nums; }
td.number { white-space: nowrap; }
td .small, th .small { display: block; font-weight: 400; }
.hit { background: #e8f5ec; font-weight: 600; }
.miss { background: #fdecec; }
figure { margin: .6rem 0 1rem; }
.plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(28rem, 1fr));
  gap: 0 1.5rem; }
figcaption { color: #4b535d; font-size: .875rem; }
svg { max-width: 100%; height: auto; }
svg text { font: 12px system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif;
  fill: #1b1f24; }
svg .heading { font-weight: 600; }
svg .muted { fill: #4b535d; }
.case { border: 1px solid #c9ced6; border-radius: 6px; padding: .2rem 1rem .8rem; margin: 1rem 0;
  content-visibility: auto; contain-intrinsic-size: auto 30rem; }
.case dl { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1rem; margin: .4rem 0;
  font-size: .9rem; }
.case dt { color: #4b535d; }
.case dd { margin: 0; white-space: pre-line; overflow-wrap: anywhere; unicode-bidi: plaintext; }
.case blockquote { margin-right: 0; }
.faults { font-weight: 600; color: #98141b; }
.question { font-weight: 600; overflow-wrap: anywhere; unicode-bidi: plaintext; }
code { font-size: .85em; overflow-wrap: anywhere; }
footer { margin-top: 3rem; border-top: 1px solid #c9ced6; padding-top: .6rem; }
@media print {
  body { font-size: 10pt; padding: 0; max-width: none; }
  nav, .long { display: none; }
  a { color: inherit; text-decoration: none; }
  h2, h3 { break-after: avoid; }
  tr, figure { break-inside: avoid; }
  .scroll { overflow: visible; }
  .case { content-visibility: visible; }
  details::details-content { content-visibility: visible; block-size: auto; }
}
"""
