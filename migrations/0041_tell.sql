-- What an editor said of a change: `next`: the next edition tells it, whatever it is; `never`: none does.
ALTER TABLE history ADD COLUMN tell TEXT CHECK (tell IN ('next', 'never'));
