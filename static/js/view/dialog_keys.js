/** The sheet of keys. */
import { html } from "lit";
import { _ } from "../core/index.js";
import { Dialog } from "./dialog.js";
import { wish } from "./wishes.js";

/** @param {View.Page} page */
export const openKeys = (page) => new Keys(page).show();

const MAC = /Mac|iPhone|iPad/.test(navigator.platform);
const CTRL = MAC ? "⌘" : _("Ctrl");

/** What sends and what breaks the line, as the person has it. @returns {[string[][], string][]} */
const enter = () => {
  const ways = [[_("Enter")], [_("Shift"), _("Enter")]];
  if (wish("enter") === "break") ways.reverse();
  const [sends = [], breaks = []] = ways;
  return [
    [[sends], _("Send")],
    [[breaks], _("New line")],
  ];
};

/** Keys that go together are one list; ways to the same are several. @returns {[string, [string[][], string][]][]} */
const sheet = () => [
  [
    _("Anywhere"),
    [
      [[[CTRL, "K"]], _("Jump to a room, a person or an action")],
      [[[CTRL, _("Shift"), "F"]], _("Search messages")],
      [[["?"], [CTRL, "/"]], _("This list")],
      [
        [
          [_("Alt"), "↑"],
          [_("Alt"), "↓"],
        ],
        _("Previous or next room"),
      ],
      [
        [
          [_("Alt"), _("Shift"), "↑"],
          [_("Alt"), _("Shift"), "↓"],
        ],
        _("Previous or next room with something unread"),
      ],
      [[["F6"], [_("Shift"), "F6"]], _("Next or previous part of the page")],
      [[[_("Esc")]], _("Close what lies on top, else to the message field")],
      [[[_("Shift"), _("Esc")]], _("Mark this room as read")],
    ],
  ],
  [
    _("Message field"),
    [
      ...enter(),
      [[["↑"]], _("Edit your last message, when the field is empty")],
      [[[_("Shift"), "↑"]], _("Reply to the latest, when the field is empty")],
      [[[CTRL, "Z"]], _("Bring back a deleted message or a removed file, when the field is empty")],
    ],
  ],
  [
    _("Messages"),
    [
      [[["↑"], ["↓"]], _("Message by message")],
      [[[_("Page up")], [_("Page down")]], _("Screen by screen")],
      [[[_("Home")], [_("End")]], _("First loaded, latest")],
      [[[_("Enter")]], _("Into the links and buttons of a message")],
      [[["R"], ["E"], ["+"]], _("Reply, edit, react")],
      [[["U"], ["S"], ["C"]], _("Unread from here, who has seen it, copy")],
      [[["T"], ["G"]], _("The thread, go to a date")],
      [[[_("Delete")]], _("Delete")],
    ],
  ],
];

class Keys extends Dialog {
  /** @override */
  title = _("Keys");
  /** @override */
  reading = true;

  /** @override */
  body() {
    return html`${sheet().map(
      ([title, rows]) => html`<section class="keys">
        <h3>${title}</h3>
        <dl>
          ${rows.map(([ways, does]) => html`<div><dt>${does}</dt><dd>${ways.map(way)}</dd></div>`)}
        </dl>
      </section>`,
    )}`;
  }
}

/** @param {string[]} keys */
const way = (keys) => html`<span class="keys__way">${keys.map((key) => html`<kbd>${key}</kbd>`)}</span>`;
