namespace ML.Yolo.Tests.Cases;

/// <summary>What lies in each folder of situations that people have: text as written, or what a file is.</summary>
internal static class CaseContents
{
    /// <summary>A picture of a square on gray; its size follows.</summary>
    public const string Picture = "picture";

    /// <summary>The first half of a larger picture.</summary>
    public const string HalfPicture = "half of a picture";

    /// <summary>A bitmap without its last rows.</summary>
    public const string CutBitmap = "a bitmap of which a part is missing";

    /// <summary>What macOS puts beside a file in a zip.</summary>
    public const string AppleDouble = "an AppleDouble";

    /// <summary>Files by case: path, and text or one of the words above.</summary>
    public static IReadOnlyDictionary<string, (string Path, string Content)[]> Files { get; } = new Dictionary<string, (string, string)[]>
    {
        ["add-split"] =
        [
            ("data.yaml", "# by hand\npath: .\ntrain: train/images\nval: [valid/images]\nnc: 2\nnames: [red, green]\nroboflow: {version: 1}\n"),
            ("train/images/0.jpg", $"{Picture} 64 64"),
            ("train/labels/0.txt", "1 0.346667 0.336667 0.333333 0.333333\n"),
            ("valid/images/0.jpg", $"{Picture} 64 64"),
            ("valid/labels/0.txt", "1 0.346667 0.336667 0.333333 0.333333\n"),
        ],
        ["appledouble"] =
        [
            ("data.yaml", "train: images\nnames: [a, b]\n"),
            ("images/._x.jpg", AppleDouble),
            ("images/x.jpg", $"{Picture} 64 48"),
            ("images/.ipynb_checkpoints/x-checkpoint.jpg", $"{Picture} 64 48"),
            ("labels/x.txt", "0 0.5 0.5 0.25 0.25\n"),
        ],
        ["backslash"] =
        [
            ("data.yaml", "train: images\\train\nval: list.txt\ntest: .\\images\\train\nnames: [a]\n"),
            ("list.txt", "images\\train\\x.jpg\r\n.\\images\\train\\y.jpg\r\n"),
            ("images/train/x.jpg", $"{Picture} 64 48"),
            ("images/train/y.jpg", $"{Picture} 64 48"),
            ("labels/train/x.txt", "0 0.5 0.5 0.25 0.25\r\n"),
            ("labels/train/y.txt", "0 0.5 0.5 0.25 0.25\r\n"),
        ],
        ["class-decimal"] =
        [
            ("data.yaml", "train: images\nnames: [a, b]\n"),
            ("images/x.jpg", $"{Picture} 64 48"),
            ("labels/x.txt",
                "1.000000000000000000e+00 5.000000000000000000e-01 5.000000000000000000e-01 2.000000000000000000e-01 "
                + "2.000000000000000000e-01\n0.0 0.5 0.5 0.2 0.2\n"),
        ],
        ["coco-bad-annotation"] =
        [
            ("c.json",
                "{\"images\":[{\"id\": 1, \"file_name\": \"1.jpg\", \"width\": 64, \"height\": 48}, {\"id\": 2, \"file_name\": \"2.jpg"
                + "\", \"width\": 64, \"height\": 48}, {\"id\": 3, \"file_name\": \"3.jpg\", \"width\": 64, \"height\": 48}],\n\"annotat"
                + "ions\":[{\"id\":1,\"image_id\":1,\"category_id\":1,\"bbox\":[1,1,9,9]},\n{\"id\":2,\"image_id\":2,\"category_id\":1,"
                + "\"bbox\":[]},\n{\"id\":3,\"image_id\":3,\"category_id\":1,\"bbox\":[1,1,9,9]}],\n\"categories\":[{\"id\": 1, \"name\":"
                + " \"a\"}, {\"id\": 2, \"name\": \"b\"}]}"),
            ("images/1.jpg", $"{Picture} 64 48"),
            ("images/2.jpg", $"{Picture} 64 48"),
            ("images/3.jpg", $"{Picture} 64 48"),
        ],
        ["coco-ids"] =
        [
            ("c.json",
                "{\"images\":[{\"id\": 1, \"file_name\": \"1.jpg\", \"width\": 64, \"height\": 48}, {\"id\": 2, \"file_name\": \"2.jpg"
                + "\", \"width\": 64, \"height\": 48}, {\"id\": 3, \"file_name\": \"3.jpg\", \"width\": 64, \"height\": 48}],\n\"annotat"
                + "ions\":[{\"id\":1,\"image_id\":1.0,\"category_id\":2,\"bbox\":[1,1,9,9]}],\n\"categories\":[{\"id\": 1, \"name\": \"a"
                + "\"}, {\"id\": 2, \"name\": \"b\"}]}"),
            ("images/1.jpg", $"{Picture} 64 48"),
            ("images/2.jpg", $"{Picture} 64 48"),
            ("images/3.jpg", $"{Picture} 64 48"),
        ],
        ["duplicate-names"] =
        [
            ("coco.json",
                "{\"images\":[{\"id\":1,\"file_name\":\"0.jpg\",\"width\":64,\"height\":64}],\"annotations\":[{\"id\":1,\"image_id\":1,"
                + "\"category_id\":1,\"bbox\":[1,1,20,20]}],\"categories\":[{\"id\":0,\"name\":\"cells\",\"supercategory\":\"none\"},{\""
                + "id\":1,\"name\":\"cells\",\"supercategory\":\"cells\"}]}"),
            ("data.yaml", "train: images\nnames: [red, green, red]\n"),
            ("images/0.jpg", $"{Picture} 64 64"),
            ("images/1.jpg", $"{Picture} 64 64"),
            ("images/2.jpg", $"{Picture} 64 64"),
            ("images/3.jpg", $"{Picture} 64 64"),
            ("labels/0.txt", "0 0.266667 0.266667 0.333333 0.333333\n"),
            ("labels/1.txt", "1 0.346667 0.336667 0.333333 0.333333\n"),
            ("labels/2.txt", "2 0.426667 0.406667 0.333333 0.333333\n"),
            ("labels/3.txt", "0 0.506667 0.476667 0.333333 0.333333\n"),
        ],
        ["empty-keys"] =
        [
            ("data.yaml", "names: [red, green]\ntrain: images\nval: images\n"),
            ("images/000.jpg", $"{Picture} 64 64"),
            ("images/001.jpg", $"{Picture} 64 64"),
            ("images/002.jpg", $"{Picture} 64 64"),
            ("images/003.jpg", $"{Picture} 64 64"),
            ("labels/000.txt", ""),
            ("labels/001.txt", ""),
            ("labels/002.txt", ""),
            ("labels/003.txt", ""),
        ],
        ["no-labels-found"] =
        [
            ("data.yaml", "train: Images\nval: flat/images\nnames: [red, green]\n"),
            ("Images/0.jpg", $"{Picture} 64 64"),
            ("Images/1.jpg", $"{Picture} 64 64"),
            ("Images/2.jpg", $"{Picture} 64 64"),
            ("Images/3.jpg", $"{Picture} 64 64"),
            ("Images/4.jpg", $"{Picture} 64 64"),
            ("Images/5.jpg", $"{Picture} 64 64"),
            ("Labels/0.txt", "0 0.266667 0.266667 0.333333 0.333333\n"),
            ("Labels/1.txt", "1 0.346667 0.336667 0.333333 0.333333\n"),
            ("Labels/2.txt", "0 0.426667 0.406667 0.333333 0.333333\n"),
            ("Labels/3.txt", "1 0.506667 0.476667 0.333333 0.333333\n"),
            ("Labels/4.txt", "0 0.586667 0.546667 0.333333 0.333333\n"),
            ("Labels/5.txt", "1 0.666667 0.616667 0.333333 0.333333\n"),
            ("flat/images/0.jpg", $"{Picture} 64 64"),
            ("flat/images/0.txt", "0 0.266667 0.266667 0.333333 0.333333\n"),
            ("flat/images/1.jpg", $"{Picture} 64 64"),
            ("flat/images/1.txt", "1 0.346667 0.336667 0.333333 0.333333\n"),
            ("flat/images/2.jpg", $"{Picture} 64 64"),
            ("flat/images/2.txt", "0 0.426667 0.406667 0.333333 0.333333\n"),
            ("flat/images/3.jpg", $"{Picture} 64 64"),
            ("flat/images/3.txt", "1 0.506667 0.476667 0.333333 0.333333\n"),
            ("flat/images/4.jpg", $"{Picture} 64 64"),
            ("flat/images/4.txt", "0 0.586667 0.546667 0.333333 0.333333\n"),
            ("flat/images/5.jpg", $"{Picture} 64 64"),
            ("flat/images/5.txt", "1 0.666667 0.616667 0.333333 0.333333\n"),
        ],
        ["pose"] =
        [
            ("data.yaml", "names: [a, b]\ntrain: images\n"),
            ("images/x.jpg", $"{Picture} 100 100"),
            ("labels/x.txt", "0 0.5 0.5 0.2 0.2 0.5 0.5 1 0.5 0.5 1 0.5 0.5 1 0.5 0.5 1\n"),
        ],
        ["roboflow"] =
        [
            ("data.yaml", "train: ../train/images\nval: ../valid/images\ntest: ../test/images\n\nnc: 2\nnames: ['red', 'green']\n\nroboflow:\n  workspace: w\n  project: p\n  version: 1\n"),
            ("test/images/a_jpg.rf.0123456789abcdef.jpg", $"{Picture} 64 48"),
            ("test/labels/a_jpg.rf.0123456789abcdef.txt", "1 0.5 0.5 0.25 0.25"),
            ("train/images/a_jpg.rf.0123456789abcdef.jpg", $"{Picture} 64 48"),
            ("train/labels/a_jpg.rf.0123456789abcdef.txt", "1 0.5 0.5 0.25 0.25"),
            ("valid/images/a_jpg.rf.0123456789abcdef.jpg", $"{Picture} 64 48"),
            ("valid/labels/a_jpg.rf.0123456789abcdef.txt", "1 0.5 0.5 0.25 0.25"),
        ],
        ["scoring-bad-image"] =
        [
            ("cut.jpg", HalfPicture),
            ("data.yaml", "names: [red, green]\ntrain: images\nval: images\n"),
            ("text.jpg", "no image"),
            ("zero.jpg", ""),
            ("images/000.jpg", $"{Picture} 64 64"),
        ],
        ["split-messages"] =
        [
            ("data.yaml", "names: [a]\ntrain: images/x.jpg\n"),
            ("images/x.jpg", $"{Picture} 64 48"),
        ],
        ["tiny-objects"] =
        [
            ("data.yaml", "names: [a]\ntrain: images\n"),
            ("images/0.jpg", $"{Picture} 1000 1000"),
            ("images/1.jpg", $"{Picture} 1000 1000"),
            ("images/2.jpg", $"{Picture} 1000 1000"),
            ("images/3.jpg", $"{Picture} 1000 1000"),
            ("labels/0.txt", TinyObjects()),
            ("labels/1.txt", TinyObjects()),
            ("labels/2.txt", TinyObjects()),
            ("labels/3.txt", TinyObjects()),
        ],
        ["truncated-bmp"] =
        [
            ("data.yaml", "names: [red, green]\ntrain: images\n"),
            ("images/x.bmp", CutBitmap),
            ("images/y.jpg", $"{Picture} 64 64"),
            ("labels/x.txt", "1 0.506667 0.476667 0.333333 0.333333\n"),
            ("labels/y.txt", "0 0.586667 0.546667 0.333333 0.333333\n"),
        ],
        ["voc-difficult"] =
        [
            ("Annotations/x.xml",
                "<annotation><folder>f</folder><filename>x.jpg</filename><size><width>64</width><height>48</height><d"
                + "epth>3</depth></size><object><name>a</name><difficult>Unspecified</difficult><bndbox><xmin>10</xmin>"
                + "<ymin>10</ymin><xmax>30</xmax><ymax>30</ymax></bndbox></object></annotation>\n"),
            ("ImageSets/Main/train.txt", "x\n"),
            ("JPEGImages/x.jpg", $"{Picture} 64 48"),
        ],
        ["voc-empty-xml"] =
        [
            ("Annotations/x.xml", ""),
            ("ImageSets/Main/train.txt", "x\n"),
            ("JPEGImages/x.jpg", $"{Picture} 64 48"),
        ],
        ["voc-extension"] =
        [
            ("Annotations/IMG_1.xml",
                "<annotation><folder>f</folder><filename>IMG_1</filename><size><width>64</width><height>48</height><d"
                + "epth>3</depth></size><object><name>a</name><difficult>0</difficult><bndbox><xmin>10</xmin><ymin>10</"
                + "ymin><xmax>30</xmax><ymax>30</ymax></bndbox></object></annotation>\n"),
            ("ImageSets/Main/train.txt", "IMG_1\n"),
            ("JPEGImages/IMG_1.JPG", $"{Picture} 64 48"),
        ],
        ["voc-filename"] =
        [
            ("Annotations/a.xml",
                "<annotation><folder>f</folder><filename>a.jpg</filename><size><width>64</width><height>48</height><d"
                + "epth>3</depth></size><object><name>a</name><pose>Unspecified</pose><difficult>0</difficult><bndbox><"
                + "xmin>10</xmin><ymin>10</ymin><xmax>30</xmax><ymax>30</ymax></bndbox></object></annotation>"),
            ("Annotations/b.xml",
                "<annotation><folder>f</folder><filename>a.jpg</filename><size><width>64</width><height>48</height><d"
                + "epth>3</depth></size><object><name>a</name><pose>Unspecified</pose><difficult>0</difficult><bndbox><"
                + "xmin>34</xmin><ymin>10</ymin><xmax>54</xmax><ymax>30</ymax></bndbox></object></annotation>"),
            ("ImageSets/Main/train.txt", "a\nb\n"),
            ("JPEGImages/a.jpg", $"{Picture} 64 48"),
            ("JPEGImages/b.jpg", $"{Picture} 64 48"),
        ],
        ["voc-spaces"] =
        [
            ("Annotations/c.xml",
                "<annotation><folder>f</folder><filename>c.jpg</filename><size><width>64</width><height>48</height><d"
                + "epth>3</depth></size><object><name>a</name><pose>Unspecified</pose><difficult>0</difficult><bndbox><"
                + "xmin>10</xmin><ymin>10</ymin><xmax>30</xmax><ymax>30</ymax></bndbox></object></annotation>"),
            ("Annotations/my cell 1.xml",
                "<annotation><folder>f</folder><filename>my cell 1.jpg</filename><size><width>64</width><height>48</h"
                + "eight><depth>3</depth></size><object><name>a</name><pose>Unspecified</pose><difficult>0</difficult><"
                + "bndbox><xmin>10</xmin><ymin>10</ymin><xmax>30</xmax><ymax>30</ymax></bndbox></object></annotation>"),
            ("Annotations/my cell 2.xml",
                "<annotation><folder>f</folder><filename>my cell 2.jpg</filename><size><width>64</width><height>48</h"
                + "eight><depth>3</depth></size><object><name>a</name><pose>Unspecified</pose><difficult>0</difficult><"
                + "bndbox><xmin>10</xmin><ymin>10</ymin><xmax>30</xmax><ymax>30</ymax></bndbox></object></annotation>"),
            ("ImageSets/Main/train.txt", "my cell 1\n\"my cell 2\"\n"),
            ("JPEGImages/c.jpg", $"{Picture} 64 48"),
            ("JPEGImages/my cell 1.jpg", $"{Picture} 64 48"),
            ("JPEGImages/my cell 2.jpg", $"{Picture} 64 48"),
        ],
        ["yaml-encoding-1252"] =
        [
            ("data.yaml", "train: images\nnames: [café, cafè]\n"),
            ("images/x.jpg", $"{Picture} 64 48"),
            ("labels/x.txt", "1 0.5 0.5 0.2 0.2\n"),
        ],
    };

    private static string TinyObjects()
        => string.Concat(Enumerable.Range(1, 20).Select(i => FormattableString.Invariant($"0 {0.045 * i:0.000} 0.5 0.02 0.02\n")));
}
